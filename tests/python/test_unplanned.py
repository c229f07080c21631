"""Programs that nobody planned for: each does to Python what it does without braze."""

# ruff: noqa: E501

import copy
import warnings

import numpy as np
import pytest
from edges import define
from exact import check

import braze

# Bodies of functions of x, y (4 x 6), v (6) and k, a number.
PROGRAMS = r"""
x += y; return x
x *= 2; return x + y
x[1:-1] += y[1:-1]; return x
x[0] = 5; return x.sum()
z = x; z += 1; return x, z
z = x.copy(); z += 1; return x, z
z = x + 0; w = z[1:]; z *= 2; return w, z
z = x + 0; w = z.T; w += 1; return z, w
z = x[1:]; z -= 1; return z, x
z = np.zeros_like(x); z[1:-1, 1:-1] = x[1:-1, 1:-1]; return z
z = np.zeros(6); z += v; z += v; return z, v
z = v; z = z + 1; return z, v
x -= x.mean(); return x
x[:] = y; return x
x[:, 0] = x[:, 1]; return x
x[::-1] = x; return x
np.add(x, y, out=x); return x
np.exp(x, out=y); return y
x.sort(); return x
x.fill(3); return x + 1
x.T[0] = 9; return x
a, b = x, y; a, b = b, a; return a - b
t = 0.0\nfor i in range(4):\n    t += x[i].sum()\nreturn t
t = x[0]\nfor i in range(1, x.shape[0]):\n    t = t + x[i] * i\nreturn t
t = x[0]\nfor i in range(1, x.shape[0]):\n    t += x[i]\nreturn t, x
for row in x:\n    row += 1\nreturn x
r = []\nfor i in range(3):\n    r.append(x[i] * i)\nreturn r
r = {}\nfor name, a in zip('ab', (x, y)):\n    r[name] = a.mean()\nreturn r
if x.sum() > 0:\n    return x + 1\nreturn x - 1
z = x * 2 if x.sum() > 1e9 else x * 3\nreturn z
n = 0\nwhile x.max() > 1 and n < 20:\n    x = x / 2\n    n += 1\nreturn x
n = 0\nwhile n < 5:\n    x = x + n\n    n += 1\nreturn x, n
if k > 1:\n    z = x\nelse:\n    z = y\nz = z + 1\nreturn z
if x[0, 0] > 0 and y[0, 0] > 0:\n    return x\nreturn y
return x if x is y else y
return None
return
return x, None, 3, 'text', 2.5, [y, (v,)], {'a': k}
return x.shape, x.ndim, x.size, x.dtype, len(x)
return (x > 0).sum(), (x > 0).mean(), (x > 0) * 2, (x > 0) + (y > 0), ~(x > 0)
return x.astype(np.uint8) * 200, x.astype(np.int8) - 100, (x * 50).astype(np.int8) ** 3
return np.int8(100) + np.int8(100), x * np.int8(3), x.astype('f4') * np.float64(2)
return x.argmax(), x.argmax(0), np.argmin(x, axis=1), np.argmax(x > 1), np.argmax(x * np.nan)
return np.zeros(4).argmax(), np.array([1, 3, 3]).argmax()
return np.where(x > 0, x, 0), np.where(x > 0, 1, 0), np.where(x > 0, x, y.astype('f4')), np.where(True, x, v)
return np.clip(x, 0, None), np.clip(x, None, 1), np.clip(x, y, 2), x.clip(-1, 1), np.clip(x, 1, -1)
return x[1:][::2][:, ::-1][0, 1:4].sum(), x[-3:-1, -4:][::-1], x[10:], x[2:1], x[-100:100:3]
return x.T.sum(axis=0), x.T.mean(axis=1), x[:, ::-1].sum(axis=1), x.T[::-1].max(axis=0)
return x[:0].sum(), x[:0].prod(axis=0), x[:0].any(), x[:0].all(axis=1), x[:0].mean(axis=1)
return x.sum(keepdims=True), x.max(axis=(0, 1), keepdims=True), v.sum(), v.sum(axis=()), x.sum(axis=())
return x @ v, v @ v, x @ y.T, x.dot(v), np.dot(v, v), v @ x.T
return x // k, x % k, -x // 0.3, x % -0.7, divmod(x, 0.9), 7 // x, np.fmod(x, -0.7)
return x ** 2, x ** 0.5, x ** -1, 2 ** x, x ** k, abs(x) ** 1.5, x ** 3, (-x) ** 0, x ** y
return 3 - x, 3 / x, k - x, -x, +x, abs(x), not k, x == y, x != x, x <= v
return max(k, 2), min(k, 7), abs(-k), round(2.5), int(k), float(k), bool(k), sum([k, 1]), k // 2, k % 3
return k + 1, k * 2.5, k / 3, k ** 2, -k, k > 2, k == 3, (k, k)
return np.float32(k) * x, np.sqrt(k), np.exp(1.0), np.pi * x, np.sin(k) + x, np.maximum(k, 2), np.hypot(3, 4)
return sum(x[i] for i in range(4)), [a * 2 for a in (x, y)], {n: x * n for n in (1, 2)}, tuple(v[i] for i in range(3))
f = lambda a, b=2: a * b + k\nreturn f(x), f(y, b=3), f(*(x, y)), f(**{'a': v})
def g(a):\n    def h(b):\n        return a + b * k\n    return h\nreturn g(x)(y)
def g(a, *rest, scale=1, **more):\n    return a * scale + len(rest) + more.get('z', 0)\nreturn g(x), g(x, 1, 2, scale=2), g(x, z=y)
z = x\ndel x\nreturn z + 1
try:\n    return x + np.ones(77)\nexcept ValueError:\n    return x - 1
assert x.shape[0] == 4, 'rows'\nreturn x + 1
global_count[0] += 1\nreturn x + global_count[0]
return f'{x.shape}', str(k), x.dtype.name
return np.arange(x.shape[0]) + k, np.arange(3, 9), np.arange(0.0, 1.0, 0.25), np.linspace(0, 1, 5)
return np.ones(x.shape), np.full(x.shape[1], k), np.zeros((2, 3), int), np.eye(3), np.ones_like(v, dtype=bool)
return np.stack([x, y]), np.concatenate([x, y], axis=1), np.vstack((x, v)), np.array([1, 2, k]) * 2
return x[[0, 2]], x[x > 0], x[:, [1, -1]], np.take(x, 1), x[np.array([1, 2])], v[v.argmax()]
return x[k], x[:, k], x[-k], x[1:k], v[k], x[k, k], x[..., k]
return x.reshape(3, 8), x.reshape(-1, 2), x.T.reshape(-1), x.ravel() * 2, x.T.ravel() + 1, x.reshape(2, -1, 3).sum(axis=1)
return x.reshape(x.size // 2, 2), x[None].squeeze(), x[:, None] - y[None], np.outer(v, v), v[:, None] * v
return x.std(), x.var(axis=0, ddof=1), x.mean(axis=(0, 1)), x.std(axis=1, keepdims=True), np.median(x)
return np.cumsum(v), np.sort(v), np.diff(x), np.diff(v, 2), np.round(x, 1), np.round(x), np.trapezoid(v)
return np.isnan(x / 0), np.isinf(x / 0), np.isfinite(x), np.sign(x), np.signbit(-x), np.isclose(x, y), np.allclose(x, x)
return np.any(x > 0), np.all(x > -9), (x > 0).any(axis=1), x.all(), np.logical_and(x, y), np.count_nonzero(x)
return x.real, x.imag, x.T, x.flat[3], x.item(5), x.tolist(), x.nbytes, x.itemsize, x.strides
return x.sum(dtype=np.float32), x.astype('f4').sum(dtype='f8'), np.sum(x, 1), np.add.reduce(x), np.multiply.outer(v, v)
return np.maximum.reduce(x), np.add.accumulate(v), np.minimum(x, y).min(), np.max(x, initial=100), x.sum(where=x > 0)
return x + 1j, x * (1 + 0j), np.exp(1j * v), np.conj(x), x.astype(complex).real
x = x + 1; y = x; x += 1; return x, y
a = b = x * 2; a += 1; return a, b
z = [x, y]; z[0] = z[0] + 1; z.reverse(); return z
z = (x, y); a, *b = z; return a, b
z = x + 1; z.shape = (6, 4); return z
z = x.view(); z += 1; return x
z = x.astype(x.dtype, copy=False); z += 1; return x
z = np.asarray(x); z *= 2; return x
z = x.reshape(-1); z[0] = 100; return x
z = np.ascontiguousarray(x.T); return z, z.flags.c_contiguous
z = np.broadcast_to(v, (3, 6)); return z + 1, z.sum(axis=0), z
return x.copy(), x.T.copy(), np.copy(x), np.array(x), np.array(x, dtype='f4'), x[:, 1].copy()
return (x + y).T, (x + y)[0], (x * 2)[1:, ::2], (x + y)[0, 0], (x + 1).reshape(-1), (x * 2)[None]
z = x * 2; return z, z, z.T, z[0], z[0]
return np.int64(k) // 2, np.float32(1) / 3, np.uint8(250) + np.uint8(10), np.uint8(3) - np.uint8(5), -np.int8(-128)
i = (x * 10).astype(int); return i // 3, i % -4, i / 2, i >> 1, i << 3, i & 6, i | 1, i ^ i, ~i, -i, i ** 2, abs(i)
i = (x * 10).astype('i4'); j = (y * 10).astype('u2'); return i + j, i * j, i - j, i // 7, j * 3, i < j, j / 2, j.sum(), i.prod()
i = x.astype(int); return i // 0, i % 0, np.bitwise_and(i, 3), i.mean(), i.max(), i.sum(axis=1), np.float32(1) * i
""".strip().split("\n")
HEAD = "def f(x, y, v, k):\n    "


def source_of(program):
    text = program.replace("\\n", "\n")
    if "\n" not in text:
        text = text.replace("; ", "\n")
    return HEAD + text.replace("\n", "\n    ") + "\n"


def arguments():
    rng = np.random.default_rng(5)
    x, y = rng.standard_normal((2, 4, 6)) * 2
    v = rng.standard_normal(6)
    turned = np.asfortranarray(x)
    one = x.copy()
    return {
        "usual": (x, y, v, 3),
        "transposed": (turned, y, v, 3),
        "the same twice": (one, one, one[0], 2),
        "overlapping": (one[:, ::-1], one, one[1], 2),
        "single precision": (x.astype("f4"), y.astype("f4"), v.astype("f4"), 1),
        "negative strides": (x[::-1, ::-1], y[::-1], v[::-1], 2),
        "not finite": (x * np.inf, y * np.nan, v / 0, 1),
        "a number": (x, y, v, 2.5),
        "a scalar": (x, y, v, np.float32(2)),
        "empty": (x[:0], y[:0], v, 0),
        "one row": (x[:1], y[:1], v, 0),
        "integers": ((x * 9).astype(int), (y * 9).astype(int), (v * 9).astype(int), 2),
        "again": (x, y, v, 3),
    }


def run(f, args, globals_):
    globals_["global_count"] = [0]
    try:
        result = f(*args)
    except Exception as error:
        result = (type(error).__name__, str(error))
    return result, args, globals_["global_count"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_program(program):
    plain = define(source_of(program))
    compiled = braze.jit(plain)
    for name in arguments():
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wanted = run(plain, arguments()[name], plain.__globals__)
            got = run(compiled, arguments()[name], plain.__globals__)
        wanted, got = copy.copy(wanted), copy.copy(got)
        loose = name != "usual" and name != "again"
        check(got, wanted, f"{name}: {program}", ulps=64 if loose else 4, layout=False)
        same_sharing(got, wanted, f"{name}: {program}")


def arrays_in(result):
    if isinstance(result, np.ndarray):
        return [result]
    if isinstance(result, dict):
        result = list(result.values())
    return (
        [a for part in result for a in arrays_in(part)] if isinstance(result, (tuple, list)) else []
    )


def same_sharing(got, wanted, what):
    """Compare which arrays are one object, show one memory, and may be written."""
    got, wanted = arrays_in(got), arrays_in(wanted)
    for i, (g, w) in enumerate(zip(got, wanted, strict=True)):
        assert g.flags.writeable == w.flags.writeable, what
        for h, u in zip(got[:i], wanted[:i], strict=True):
            assert (g is h) == (w is u), f"{what}: identity"
            assert np.may_share_memory(g, h) == np.may_share_memory(w, u), f"{what}: memory"


def memory_of_a_class(x):
    a = np.ndarray((3, x.size), dtype=x.dtype)
    b = np.ndarray(shape=(2, 2), dtype=np.int32, order="F")
    a[:] = x
    b[:] = 1
    return a, b, isinstance(a, np.ndarray)


def test_ndarray_as_a_maker():
    x = np.arange(3.0)
    check(braze.script(memory_of_a_class)(x), memory_of_a_class(x))
    given = braze.jit(lambda x: np.ndarray((2,), buffer=x, offset=8))
    check(given(x), np.ndarray((2,), buffer=x, offset=8))
