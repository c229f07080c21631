"""Arrays put together of parts (roll, pad, concatenate, borders) and read by formulas."""

import numpy as np
import pytest
from exact import check

import braze


def laplacian(z):
    around = np.roll(z, 1, 0) + np.roll(z, -1, 0) + np.roll(z, 1, 1) + np.roll(z, -1, 1)
    return around - 4.0 * z


def around(u, v):
    return laplacian(u)


def two_results(u, v):
    r = u * v * v
    return u + 0.1 * np.roll(u, 1, axis=0) - r, v + 0.1 * np.roll(v, -2, axis=1) + r


def steps(u, v):
    for _ in range(3):
        u, v = u + 0.1 * laplacian(u) - v, v + 0.2 * laplacian(v) + u
    return u, v


def kept_too(u, v):
    r = np.roll(u, 1, axis=1)
    return r, r * 2 + v


def rolled_twice(u, v):
    return np.roll(np.roll(u, 1, axis=0), -1, axis=1) + v


def both_axes(u, v):
    return np.roll(u, (1, 2), axis=(0, 1)) * v


def rolled_whole(u, v):
    return np.roll(u, 3) - v


def padded(u, v):
    p = np.pad(u, 1)
    return p * 2 + np.pad(v, 1, constant_values=3.0)


def neighbours(u, v):
    p = np.pad(u, 1)
    return p[:-2, 1:-1] + p[2:, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:] + v


def joined(u, v):
    return np.concatenate([u, v]) * 2 + 1


def joined_columns(u, v):
    return np.sqrt(np.concatenate([abs(u), v * v], axis=1)) + 1


def bordered(u, v):
    out = np.empty_like(u)
    out[1:-1, 1:-1] = u[1:-1, 1:-1] * 2
    out[0] = 0.0
    out[-1] = v[0]
    out[:, 0] = v[:, 1]
    out[:, -1] = 1.0
    return out + v


def part_left(u, v):
    out = np.zeros_like(u)
    out[1:-1, 1:-1] = u[:-2, 2:] - v[2:, :-2]
    return out, out * 2 - v


def part_over_part(u, v):
    out = np.ones_like(u)
    out[:3] = u[:3]
    out[1:, :2] = v[1:, :2]
    return out * u


def gains(u, v):
    return np.roll(u, 1, axis=0) * v[0] + v[:, :1]


def summed(u, v):
    return (np.roll(u, 1, axis=1) * v).sum(axis=1), np.roll(u, 1, axis=0).max()


def under_a_branch(u, v):
    w = v * 2
    if u[0, 0] > 0:
        w = np.roll(u, 1, axis=0) + w
    return w


def shifted_in_place(u, v):
    u = u.copy()
    for _ in range(3):
        u[:] = np.roll(u, 1, axis=0) + v
    return u


FUNCTIONS = (
    around, two_results, steps, kept_too, rolled_twice, both_axes, rolled_whole, padded,
    neighbours, joined, joined_columns, bordered, part_left, part_over_part, gains, summed,
    under_a_branch, shifted_in_place,
)  # fmt: skip


def layouts(u, v):
    yield u, v
    yield np.asfortranarray(u), np.asfortranarray(v)
    yield np.asfortranarray(u), v
    yield u, np.asfortranarray(v)
    yield u[::-1], v[:, ::-1]
    yield np.repeat(u, 2, axis=1)[:, ::2], np.repeat(v, 3, axis=0)[::3]
    yield u, u


@pytest.mark.parametrize("shape", [(6, 7), (3, 3), (4, 4), (40, 33), (200, 3), (3, 200), (5, 64)])
@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_layouts(f, shape):
    rng = np.random.default_rng(shape[0])
    compiled = braze.jit(f)
    for dtype in (np.float64, np.float32):
        u, v = (rng.standard_normal((2, *shape)) * 9).astype(dtype)
        for k, args in enumerate(layouts(u, v)):
            before = [a.copy() for a in args]
            check(compiled(*args), f(*args), f"{dtype.__name__} layout {k}")
            check([a.copy() for a in args], before, "arguments")


@pytest.mark.parametrize("shape", [(0, 4), (4, 0), (1, 5), (5, 1), (2, 5), (5, 2), (1, 1), (2, 2)])
@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_small_sizes(f, shape):
    u, v = np.random.default_rng(1).standard_normal((2, *shape))
    try:
        wanted = f(u, v)
    except (ValueError, IndexError) as error:
        with pytest.raises(type(error)):
            braze.jit(f)(u, v)
        return
    compiled = braze.jit(f)
    for _ in range(2):
        check(compiled(u, v), wanted)


def test_sizes_share_a_version():
    f = braze.jit(laplacian)
    for n, m in ((10, 12), (30, 5), (3, 3), (64, 64)):
        z = np.random.default_rng(n).standard_normal((n, m))
        check(f(z), laplacian(z))
    assert f.stats()["specialisations"] == 1


def cube(z, w):
    return np.roll(z, 1, 0) + np.roll(z, -1, 1) - np.roll(z, 2, 2) + w


@pytest.mark.parametrize("order", ["C", "F"])
def test_three_axes(order):
    z, w = np.random.default_rng(0).standard_normal((2, 5, 6, 7))
    f, turned = braze.jit(cube), (2, 0, 1)
    for a in (z, z.transpose(turned).copy().transpose(1, 2, 0)):
        for b in (w, w.transpose(turned).copy().transpose(1, 2, 0), a):
            args = [np.asarray(x, order=order) if order == "F" else x for x in (a, b)]
            check(f(*args), cube(*args))


def line(x, y):
    return np.roll(x, 1) - y, np.concatenate([x[:1], np.diff(x), y[:2]]) * 2


def test_one_axis():
    f = braze.jit(line)
    for n in (3, 4, 100):
        x, y = np.random.default_rng(n).standard_normal((2, n))
        check(f(x, y), line(x, y))
        check(f(x[::-1], y), line(x[::-1], y))


def test_the_array_is_never_made():
    f = braze.jit(laplacian)
    z = np.random.default_rng(0).standard_normal((50, 40))
    f(z)
    text = str(f.inspect(z).optimized)
    assert text.count(" = kernel ") == 9 and text.count(" = full ") == 1


def overflowing(u, v):
    return np.roll(u, 1, axis=0) * v


def test_warnings():
    f = braze.jit(overflowing)
    u, v = np.ones((2, 6, 5))
    check(f(u, v), overflowing(u, v))
    u[-1, 0] = v[0, 0] = 1e300
    with pytest.warns(RuntimeWarning, match="overflow"):
        wanted = overflowing(u, v)
    with pytest.warns(RuntimeWarning, match="overflow"):
        check(f(u, v), wanted)


@pytest.mark.parametrize("dtype", ["int64", "uint8", "bool", "complex128", "float16"])
def test_dtypes(dtype):
    u, v = (np.random.default_rng(0).integers(0, 3, (2, 9, 8))).astype(dtype)
    for f in (both_axes, joined, kept_too, rolled_twice):
        compiled = braze.jit(f)
        for args in layouts(u, v):
            if dtype != "complex128" or all(s > 0 for a in args for s in a.strides):
                check(compiled(*args), f(*args), f.__name__)


def test_large_arrays_put_together_are_results():
    """Nothing reads the memory that an array without a fill does not have yet."""

    def unlike(y):
        first = np.ones((*y.shape[:-1], 1), bool)
        return np.concatenate([first, y[..., :-1] != y[..., 1:]], axis=-1)

    def shown(y):
        both = np.concatenate([np.zeros((*y.shape[:-1], 1)), y[..., :-1] + y[..., 1:]], axis=-1)
        return both[::-1], both.sum()

    for function in (unlike, shown):
        compiled = braze.jit(function)
        for n in (3, 2000):
            y = np.random.default_rng(n).random((n, 20, 120))
            check(compiled(y), function(y))


def rows_under_each_other(x, rows):
    return x - np.stack(rows)


def test_rows_that_are_joined_have_c_order_wherever_they_come_in():
    compiled = braze.jit(rows_under_each_other)
    for n in (7, 1, 2):
        x, rows = np.arange(26.0 * n).reshape(26, n).T, np.arange(26.0 * n).reshape(n, 26)
        check(compiled(x, rows), rows_under_each_other(x, rows))
        check(compiled(x, list(rows)), rows_under_each_other(x, list(rows)))


def in_order_by_several_checks(x, a, b, c):
    s = c[: len(a)].sum() + b[: len(c)].sum() + x[: len(b)].sum()
    out = np.zeros(len(x))
    out[: len(c)] = c
    out[len(b) :] = x[len(b) :]
    out[len(a) :] = -x[len(a) :]
    return out * 2 + x, s


def test_sizes_of_which_neighbours_alone_compare():
    compiled = braze.jit(in_order_by_several_checks)
    for sizes in ((40, 5, 20, 11), (70, 5, 20, 11), (9, 0, 9, 9), (8, 2, 2, 2)):
        args = [np.arange(1.0, n + 1) for n in sizes]
        check(compiled(*args), in_order_by_several_checks(*args), f"{sizes}")
    assert compiled.stats()["compiled_calls"] > 0
