"""The example of the README."""

import timeit

import numpy as np

import braze


@braze.jit
def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


x = np.random.default_rng(0).standard_normal((4096, 1024), dtype=np.float32)
stages = softmax.inspect(x)
print("before fusion:", stages.graph, sep="\n")
print("after fusion:", stages.optimized, sep="\n")

difference = np.abs(softmax(x) - softmax.__wrapped__(x)).max()
plain, fused = (
    min(timeit.repeat(lambda f=f: f(x), number=5, repeat=5)) / 5
    for f in (softmax.__wrapped__, softmax)
)
print(
    f"NumPy {plain * 1e3:.2f} ms, braze {fused * 1e3:.2f} ms: {plain / fused:.1f}x, "
    f"largest difference {difference:.1e}"
)
