"""Sums add in the order of memory, and results lie in memory, as NumPy has both, for any layout."""

import numpy as np
import pytest
from edges import define
from exact import check

import braze

LAYOUTS = {
    "plain": lambda a: a,
    "fortran": np.asfortranarray,
    "rows cut": lambda a: a[:, :, :-1],
    "planes cut": lambda a: a[:, :-1],
    "inner": lambda a: a[1:-1, 1:-1, 1:-1],
    "swapped": lambda a: a.transpose(0, 2, 1),
    "turned": lambda a: a.transpose(2, 0, 1),
    "upside down": lambda a: a[::-1],
    "mirrored": lambda a: a[:, :, ::-1],
    "all reversed": lambda a: a[::-1, ::-1, ::-1],
    "every second": lambda a: a[:, ::2],
}
AXES = [None, 0, 1, 2, (0, 1), (1, 2), (0, 2)]
OTHER = {"d": "f4", "f": "f8", "e": "f4", "i": "f8"}
SUMS = {
    "of an argument": lambda a, axis: np.sum(a, axis=axis),
    "of a formula": lambda a, axis: np.sum(a * a + a, axis=axis),
    "of a part of a formula": lambda a, axis: np.sum((a * 2.5)[:, 1:-1], axis=axis),
    "of a reversed formula": lambda a, axis: np.sum((a * 2.5)[::-1], axis=axis),
    "of a turned formula": lambda a, axis: np.sum((a * 2.5).T[:, ::-1], axis=axis),
    "of what changes nothing": lambda a, axis: np.sum(a * 1, axis=axis) - np.sum(+a, axis=axis),
    "of a copy": lambda a, axis: np.sum(a.copy(), axis=axis),
    "of a conversion": lambda a, axis: np.sum(a.astype(a.dtype), axis=axis),
    "with ones": lambda a, axis: np.sum(a + np.ones(a.shape, a.dtype), axis=axis),
    "of a choice of equals": lambda a, axis: np.sum(np.where(a > 0, a, a) * 1.1, axis=axis),
    "of different layouts": lambda a, axis: np.sum(a + a.T[0, 0, 0], axis=axis) - np.sum(a * a.T.T),
    "in another dtype": lambda a, axis: np.sum(a, axis=axis, dtype=OTHER[a.dtype.char]),
    "mean": lambda a, axis: np.mean(a, axis=axis),
    "centred": lambda a, axis: a - np.mean(a, axis=axis, keepdims=True),
    "variance": lambda a, axis: np.var(a, axis=axis),
    "product": lambda a, axis: np.prod(a / np.abs(a) * 1.0001, axis=axis),
    "softmax": lambda a, axis: np.abs(a) / np.sum(np.abs(a), axis=axis, keepdims=True),
}  # fmt: skip


@pytest.mark.parametrize("name", SUMS)
@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", "i4"])
def test_sums_of_any_layout(name, dtype):
    """Large enough for the buffers in which NumPy adds what is not one run."""
    rng = np.random.default_rng(5)
    base = rng.standard_normal((24, 21, 42)) * 10.0 ** rng.integers(-6, 6, (24, 21, 42))
    if dtype in ("f2", "i4"):
        base = rng.standard_normal(base.shape) * 3 + 5
    for axis in AXES:
        function = SUMS[name]
        compiled = braze.jit(lambda a, axis=axis, function=function: function(a, axis))
        for layout, view in LAYOUTS.items():
            a = view(base.astype(dtype))
            with np.errstate(all="ignore"):
                check(compiled(a), function(a, axis), f"{layout}, axis={axis}", 0, True)
        assert compiled.stats()["compiled_calls"] >= len(LAYOUTS), compiled.stats()["reasons"]


def test_sums_of_parts_of_complex_numbers():
    rng = np.random.default_rng(6)
    z = rng.standard_normal((40, 21, 42)) + 1j * rng.standard_normal((40, 21, 42))
    for axis in AXES:
        compiled = braze.jit(lambda z, axis=axis: (z.real.sum(axis), z.imag.sum(axis), z.sum(axis)))
        for layout, view in LAYOUTS.items():
            if layout in ("upside down", "mirrored", "all reversed"):
                continue
            a = view(z)
            wanted = a.real.sum(axis), a.imag.sum(axis), a.sum(axis)
            check(compiled(a), wanted, f"{layout}, axis={axis}", 0, True)


@braze.jit
def assigned(a, b):
    v = a * 0.5
    v += b
    w = np.zeros(a.shape)
    w[...] = v
    u = a + b
    u[:] = b * 2
    return v, w, u


@pytest.mark.parametrize("first", LAYOUTS)
@pytest.mark.parametrize("second", LAYOUTS)
def test_what_is_assigned_whole_lies_as_before(first, second):
    a = LAYOUTS[first](np.arange(6.0**3).reshape(6, 6, 6))
    b = LAYOUTS[second](np.arange(6.0**3).reshape(6, 6, 6))
    if a.shape == b.shape:
        check(assigned(a, b), assigned.__wrapped__(a, b), f"{first} and {second}", 0, True)


def test_a_loop_keeps_the_order_of_what_it_changes():
    def steps(a, b, n):
        v = a * 0.5
        for _ in range(n):
            v -= b
            v *= a
        return v

    compiled = braze.jit(steps)
    a, b = np.asfortranarray(np.arange(12.0).reshape(3, 4)), np.ones((3, 4))
    for n in (0, 1, 5):
        check(compiled(a, b, n), steps(a, b, n), f"{n} rounds", 0, True)


INTEGERS = ["i8", "u8", "i4", "u4", "i2"]


@pytest.mark.parametrize("source", INTEGERS)
@pytest.mark.parametrize("through", ["f8", "f4"])
def test_integers_through_floats_that_do_not_fit(source, through):
    """What was an integer converts as the float that it became."""
    rng = np.random.default_rng(7)
    whole = rng.integers(-(2**63), 2**63 - 1, 40)
    x = np.concatenate([whole, [2**62, -(2**63), 2**31, 2**40 + 3, -5, 70000]]).astype(source)
    for target in ("i1", "i2", "i4", "u1", "u2", "i8", "u8"):
        for function in (
            lambda x, t=target: x.astype(through).astype(t),
            lambda x, t=target: np.floor(x.astype(through) / 1).astype(t),
        ):
            with np.errstate(all="ignore"):
                check(braze.jit(function)(x), function(x), target, 0, True)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.array((x + 1)[::-1]),
        lambda x: (x + 1)[:, 1:].copy(),
        lambda x: (x + 1).T.copy(),
        lambda x: +((x + 1)[::-1]),
        lambda x: (x + 1)[::-1] * 1.0,
        lambda x: (x + 1)[:, ::-1] ** 1,
        lambda x: np.negative(-(x + 1)[::-1]),
        lambda x: (x + 1)[::-1].astype(x.dtype),
        lambda x: ~~(x > 1)[::-1],
        lambda x: (x + 1).flatten(),
        lambda x: (x + 1)[::-1].copy()[1:],
        lambda x: np.sort(x, axis=0)[::-1].copy(),
        lambda x: ((x + 1)[::-1], (x + 1)[::-1].copy()),
        lambda x: np.repeat(x, 2, axis=0),
    ],
)
def test_copies_of_views_that_are_results(function):
    compiled = braze.jit(function)
    base = np.arange(24.0).reshape(2, 3, 4)
    for view in LAYOUTS.values():
        check(compiled(view(base)), function(view(base)))
    assert compiled.stats()["plain_calls"] == 0


def test_a_copy_of_what_broadcasts_is_for_writing():
    compiled = braze.jit(lambda x: np.array(np.broadcast_to(x + 1, (3, 4))))
    got = compiled(np.arange(4.0))
    got[0] = 7
    assert got.tolist() == [[7] * 4, [1, 2, 3, 4], [1, 2, 3, 4]]


def test_what_changes_under_a_mask_lies_as_it_did():
    @braze.jit
    def shift(x, mask):
        x[mask] = x[mask]
        return x + 1

    for order in "CF":
        x = np.array(np.arange(20.0).reshape(4, 5), order=order)
        for mask in (np.zeros((4, 5), bool), np.zeros((4, 5), bool, order="F")):
            assert shift(x, mask).strides == (x + 1).strides


REPEATED = {
    "rows": lambda dtype: np.broadcast_to(np.arange(4).astype(dtype), (3, 4)),
    "columns": lambda dtype: np.broadcast_to(np.arange(3).astype(dtype)[:, None], (3, 4)),
}


@pytest.mark.parametrize("dtype", ["f4", "i4", "f8", "c8"])
@pytest.mark.parametrize("repeated", REPEATED.values(), ids=list(REPEATED))
@pytest.mark.parametrize(
    "body",
    ["b + x", "x - b", "np.maximum(b, x) * 2", "x.imag + b", "np.float32(b)", "(b + x).sum(0)"],
)
def test_elements_that_repeat_have_no_order_after_a_cast(body, repeated, dtype):
    plain = define(f"def f(b, x):\n    return {body}\n")
    compiled = braze.jit(plain)
    for other in ("f8", "c16"):
        x = np.asfortranarray(np.arange(12.0).reshape(3, 4)).astype(other, order="K")
        check(compiled(repeated(dtype), x), plain(repeated(dtype), x), body)


def test_joined_rows_have_no_order_of_their_own():
    """Parts of one row lie in either order: NumPy joins them in C order, also if more follows."""
    turned = [np.arange(10.0).reshape(5, 2).T, np.arange(6.0).reshape(2, 3).T]
    for text in ("p - np.concatenate([q[1:], q[:1]])", "np.vstack([q[:1], q[1:]]) * p"):
        plain = define(f"def f(p, q):\n    return {text}\n")
        compiled = braze.jit(plain)
        for q in turned + [a.copy() for a in turned]:
            p = np.asfortranarray(q)
            assert compiled(p, q).strides == plain(p, q).strides, (text, q.shape)
