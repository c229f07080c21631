"""Index arrays and masks: read, assigned to, reduced; compiled and plain agree to the bit."""

import linecache
import warnings
from itertools import count

import numpy as np
import pytest
from exact import check

import braze

NAMES = count()
ARGUMENTS = "x, y, v, m, k, i, j, b, s"


def function(body):
    """Make a function of ARGUMENTS of its statements."""
    name = f"<selection {next(NAMES)}>"
    source = f"def f({ARGUMENTS}):\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    space = {"np": np}
    exec(compile(source, name, "exec"), space)
    return space["f"]


def arguments(seed=0, dtype=float, order="C"):
    rng = np.random.default_rng(seed)
    x = np.asarray(rng.integers(-50, 50, (6, 7)) * 0.37, dtype=dtype, order=order)
    y = np.asarray(rng.integers(-9, 9, (6, 7)), dtype=dtype, order=order)
    v = (rng.integers(-99, 99, 40) * 0.25).astype(dtype)
    i = rng.integers(-6, 6, 5)
    j = rng.integers(-6, 6, (2, 5)).astype(np.int32)
    return x, y, v, rng.random(40) < 0.4, x > 1, i, j, rng.integers(0, 5, 9).astype(np.uint8), 3


def outcome(f, args):
    args = tuple(a.copy(order="K") if isinstance(a, np.ndarray) else a for a in args)
    try:
        with np.errstate(all="ignore"):
            return f(*args), args
    except (IndexError, ValueError, TypeError) as error:
        return (type(error).__name__, str(error)), args


def agree(body, *all_args, compiled=True):
    f = function(body)
    fast = braze.script(f) if compiled else braze.jit(f)
    for args in all_args:
        got, wanted = outcome(fast, args), outcome(f, args)
        check(got, wanted, body)


READS = [
    "x[i]", "x[j]", "x[i, :]", "x[:, i]", "x[..., i]", "x[i, i]", "x[j, i]", "x[i, 2]", "x[2, i]",
    "x[i, s]", "x[-s, i]", "x[1:, i]", "x[i, ::2]", "x[i, ::-1]", "x[i][:, None]", "x[i, None]",
    "x[None, i]", "x[:, None, i]", "x[i[:, None], i]", "x[np.ix_(i, i)]", "x[[0, 3, 3]]",
    "x[:, [-1, 0]]", "x[[True, False, True, True, False, False]]", "x[..., None, i]",
    "x[np.array([0, 2])]", "x.T[i]", "x[::-1][i]", "x[i, i] * 2 + v[i]", "v[i] + v[j]",
    "v[b] - x[0, i].sum()", "x[None][:, i]", "x[:, :, None][i, :, 0]", "x[i % 3] @ x[i].T",
    "v[v.argsort()]", "np.take(v, i)", "np.take(x, i, axis=1)", "np.take(x, j, 0)", "np.take(x, j)",
    "np.take(x, 3)", "x.take(i, axis=-1)", "np.take_along_axis(x, x.argmax(1)[:, None], 1)",
    "np.choose(b % 3, [v[:9], 1.5, v[9:18]])", "np.choose(b % 2, [b, i.sum()])",
    "x[k]", "x[k] * 2", "v[m]", "v[~m]", "x[x[:, 0] > 0]", "x[:, x[0] > 0]", "x[x[:, 0] > 0, 1]",
    "x[x[:, 0] > 0, 1:3]", "x[:, :, None][k]", "x[:, :, None][x[:, 0] > 0]", "x[k].reshape(-1, 1)",
    "v[m] + v[m] * 2", "v[m][::-1]", "v[m][1:]", "np.nonzero(m)", "np.nonzero(x)",
    "np.nonzero(v)[0]", "np.flatnonzero(m)", "np.argwhere(m)", "np.where(m)", "np.where(k)",
    "np.extract(m, v)", "np.extract(k, x)", "np.compress(m[:6], x, axis=0)", "v.compress(m)",
    "m.nonzero()[0] * 2", "v[m].size", "len(v[m])", "v[m].shape", "x[k].size + 1", "x[k].ndim",
    "np.zeros(v[m].size)", "np.arange(v[m].size) * v[m]", "np.ones(len(v[m]) + 2)",
    "v[np.flatnonzero(m)] - v[m]", "np.bincount(b)", "np.bincount(b, minlength=9)",
    "np.bincount(b, v[:9])", "np.bincount(b).cumsum()", "np.bincount(b, minlength=2) / 9",
    "v[np.isnan(v)]",
]  # fmt: skip
REDUCTIONS = [
    "sum", "mean", "min", "max", "var", "std", "any", "all", "prod", "argmax", "ptp",
]  # fmt: skip
CHANGES = [
    "x[i] = 0", "x[i] = v[:7]", "x[:, i] = v[:5]", "x[i, i] = v[:5]", "x[i, 1] = 7", "x[i, i] += 1",
    "x[i] += 1", "x[:, i] *= v[:6, None]", "x[j, i] = v[:5]", "x[j, i] -= v[:10].reshape(2, 5)",
    "v[i] = x[0, 0]", "v[b] += 1", "v[b] = np.arange(9)", "v[::-1][i] = 5",
    "x[1:, 2:][i % 4, 1] = 3", "x.T[i] = 4", "x[i, None] = 1", "x[None, i] = v[:7]",
    "x[i, ::2] = v[:4]", "x[i, ::-1] = v[:7]", "v[v.astype(int) % 40] = v",
    "v[i] = v[:5] * 2 + v[i]", "x[np.ix_(i, i)] = y[:5, :5]", "np.add.at(v, b, 1.0)",
    "np.add.at(v, b, v[:9])", "np.subtract.at(x, (i, i), 2.0)", "np.multiply.at(v, b, 2.0)",
    "np.maximum.at(v, b, v[:9] * 2)", "np.minimum.at(x, i, v[:7])", "np.add.at(x, i, v[:7])",
    "np.add.at(i, b % 5, 1)", "np.put_along_axis(x, x.argmin(1)[:, None], 9, 1)", "v[m] = 0",
    "v[m] = s", "v[m] = v[m] * 2 + 1", "v[m] *= 2", "v[m] += v[m]", "v[m] -= v[::-1][m]",
    "v[m] = np.sqrt(np.abs(v[m]))", "x[k] = y[k]", "x[k] = x[k] ** 2 + y[k]", "x[k] += y[k]",
    "x[k] = 1 / x[k]", "v[m] = v[:1]", "v[m] = np.arange(v[m].size)", "x[x[:, 0] > 0] = 0",
    "x[x[:, 0] > 0] = v[:7]", "x[x[:, 0] > 0] *= 2", "x[x[:, 0] > 0, 1] = 4",
    "x[:, x[0] > 0] = -1", "x[x[:, 0] > 0] += y[x[:, 0] > 0]", "v[m] = v[m][::-1]",
    "i[i < 0] += 6", "x[x < 0] = 0", "x[k & (y > 0)] = y[k & (y > 0)] - 1", "v[1:][m[1:]] = 2",
    "v[::2][m[:20]] *= v[::2][m[:20]]", "x[k] = y.T.copy().T[k]",
    "w = v[m]\nv[m] = w + 1\nv[0] = w.sum()", "v[m] = 1\nv[~m] = 2\nv[i] = 3",
    "for n in range(4):\n    v[v > n] -= 0.5\n    x[i] += v[b % 5].sum()",
    "for n in range(3):\n    k = x > n\n    x[k] = x[k] * 0.5 + y[k]",
]  # fmt: skip


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("read", READS)
def test_reading(read, order):
    agree(f"return {read}", arguments(1, order=order), arguments(2, order=order))


@pytest.mark.parametrize("dtype", ["f4", "f8", "i4", "i8", "u1", "f2", "b1"])
@pytest.mark.parametrize("read", ["x[i]", "x[:, i]", "v[j]", "v[m]", "x[k]", "np.nonzero(x)"])
def test_dtypes(read, dtype):
    agree(f"return {read}", arguments(3, dtype))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", ["f4", "f8", "i2", "i8", "b1"])
@pytest.mark.parametrize("op", REDUCTIONS)
def test_masked_reductions(op, dtype):
    if dtype == "b1" and op in ("ptp",):
        return
    args = [arguments(seed, dtype) for seed in (1, 2)]
    for operand in ("v[m]", "x[k]", "v[m | ~m]"):
        agree(f"return {operand}.{op}()", *args) if op != "ptp" else agree(
            f"return np.ptp({operand})", *args
        )


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("op", ["sum", "mean", "min", "max", "any", "all", "argmin"])
def test_reduction_of_nothing(op):
    x, y, v, m, *rest = arguments(1)
    f = function(f"return v[m].{op}()")
    fast = braze.jit(f)
    for mask in (m, m & False, m, m & False):
        args = (x, y, v, mask, *rest)
        check(outcome(fast, args), outcome(f, args), op)


def test_sums_are_those_of_the_packed_elements():
    rng = np.random.default_rng(5)
    for n in (7, 8, 130, 1000, 5000, 100_000):
        v, m = rng.standard_normal(n) * 10.0 ** rng.integers(-9, 9, n), rng.random(n) < 0.6
        x, y, _, _, *rest = arguments(1)
        for text in ("v[m].sum()", "v[m].mean()", "v[m].var()", "((v[m] - 1) ** 2).mean() ** 0.5"):
            agree(f"return {text}", (x, y, v, m, *rest))


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("change", CHANGES)
def test_changes(change, order):
    agree(f"{change}\nreturn x, v, i", *(arguments(seed, order=order) for seed in (1, 2)))
    local = f"x = x.copy()\nv = v + 0\ni = i * 1\n{change}\nreturn x, v, i, x.sum()"
    agree(local, arguments(4))


WRONG = [
    "x[i + 99] = 1", "return x[i + 99]", "return x[i - 99]", "return v[:, i]", "return x[i, j, i]",
    "x[i] = v[:6]", "v[m] = v[:3]", "x[k] = v", "return v[m[:-1]]", "return x[k[:3]]",
    "return v[v]", "x[0] = 1\nreturn x[i + 99]", "x[i] += v[:3]", "np.add.at(v, b + 99, 1.0)",
    "return v[m] + v[:3]", "return np.take(v, i + 99)", "return np.choose(b, [v[:9], v[:9]])",
    "v[m] = v[b + 90]", "return np.bincount(i)", "return x[i, 9]",
    "x[0, 0] = 1\nx[k] = v[:3]\nx[1] = 2",
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_errors_leave_everything_as_numpy_does(wrong):
    agree(wrong, arguments(1), arguments(2), compiled=False)


EMPTY = ["v[i]", "x[i]", "x[:, i]", "v[i].sum()", "v[m]", "np.nonzero(m)", "x[i, i]"]


@pytest.mark.parametrize("read", EMPTY)
def test_empty_indices_and_masks(read):
    x, y, v, m, k, i, j, b, s = arguments(1)
    for none in (0, 1):
        args = (x, y, v, m & False, k, i[:none], j, b, s)
        agree(f"return {read}", args, compiled=False)
    agree("v[i] = 3\nv[m] = 4\nreturn v", (x, y, v, m & False, k, i[:0], j, b, s), compiled=False)


def test_counts_of_one_and_of_none():
    x, y, v, m, *rest = arguments(1)
    one = np.arange(40) == 3
    body = "w = v[m]\nreturn w, w * 2, w + w[:, None], w.sum(), w.size, w.reshape(-1)"
    agree(body, (x, y, v, m, *rest), (x, y, v, one, *rest), (x, y, v, one & False, *rest))


def test_one_kernel_reads_under_a_mask():
    args = arguments(1)
    f = braze.script(function("x[k] = x[k] ** 2 + y[k]\nreturn x[k].max(), y[k].any()"))
    assert "compress" not in str(f.inspect(*args).optimized)


def test_a_size_of_the_run_serves_every_call():
    f = braze.script(function("return v[m] * 2, np.flatnonzero(m)"))
    x, y, v, m, *rest = arguments(1)
    for seed in range(5):
        mask = np.random.default_rng(seed).random(40) < seed / 4
        f(x, y, v, mask, *rest)
    assert f.stats()["compiles"] <= 6


BESIDE_RUN_TIME_BOUNDS = [
    "x[m, :k]", "x[m, k:].sum()", "x[i, k:]", "x[i, :k, None]", "x[k:, [0, 1]]", "x[k:][m[k:]]",
    "x[[0, 1], k : k + 2]", "x[m, :: k + 1]", "x[m, k]", "x[k, [0, 1]]", "x[None, m, k:].mean()",
    "x[..., :k][i]", "x[i, -k:]", "x[i, k:-k]", "x[0][None, k]",
]  # fmt: skip
CHANGES_BESIDE = [
    "x[m, :k] = 7.0", "x[m, :k] += x[m, :k]", "x[i, k:] = -1.0", "x[k:, [0, 2]] *= 2",
]  # fmt: skip


@pytest.mark.parametrize("body", [*BESIDE_RUN_TIME_BOUNDS, *CHANGES_BESIDE])
def test_slices_of_run_time_bounds_beside_arrays(body):
    rng = np.random.default_rng(3)
    space = {"np": np}
    lines = f"    {body}\n    return x" if body in CHANGES_BESIDE else f"    return {body}"
    exec(f"def f(x, k, m, i):\n{lines}", space)
    plain = space["f"]
    compiled = braze.jit(plain)
    for k in (1, 2, 0, 3, 4, 2, 1):
        x, m, i = rng.random((6, 5)), rng.random(6) < 0.5, rng.integers(0, 6, 4)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check(compiled(x.copy(), k, m, i), plain(x.copy(), k, m, i), f"k={k}")
