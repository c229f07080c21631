"""Every op of the table against NumPy: all dtypes, edge values, all layouts of memory."""

import warnings

import numpy as np
import pytest
from edges import DTYPES, define, edge_values, layouts
from exact import apart, check, check_elements

import braze
from braze import _core

# Formulas of which NumPy has other bits; they are held to 1 ulp of the true value instead.
MATHS = [
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "hypot", "sin", "cos", "tan",
    "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh", "tanh", "power", "arcsinh", "arccosh",
    "arctanh", "cbrt", "logaddexp", "logaddexp2",
]  # fmt: skip
# These are held to the ulp of the larger operand, since the sum may be far smaller.
CANCELLING = ("logaddexp", "logaddexp2")
# Of zeros that differ in sign NumPy returns either, as the loop for a layout has it.
EITHER_ZERO = ("maximum", "minimum", "fmax", "fmin")
ROWS = {
    name: row
    for name, row in _core.ops.items()
    if row["kind"] == "elementwise" and isinstance(getattr(np, name, None), np.ufunc)
}
ARITY = {1: ["x"], 2: ["x", "y"], 3: ["x", "y", "z"]}


@pytest.fixture(autouse=True)
def quiet():
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def groups(arity, size=4):
    """Return the ops in small groups of one typing rule, since those admit the same dtypes."""
    rules = {}
    for name, row in ROWS.items():
        if row["arity"] == arity:
            rules.setdefault((row["rule"], name in MATHS), []).append(name)
    return [names[i : i + size] for names in rules.values() for i in range(0, len(names), size)]


def function_of(ops, arity):
    operands = ", ".join(ARITY[arity])
    calls = ", ".join(f"np.{op}({operands})" for op in ops)
    return define(f"def f({operands}):\n    return ({calls},)\n")


def outcome(f, args):
    """Return what a call gives: its result, or the type and the text of its error."""
    try:
        return f(*args), None
    except Exception as error:
        return None, (type(error), str(error))


def true_values(op, args, result):
    """Return the op's values rounded from a wider dtype, or nothing where that is none."""
    wide = {"e": "f8", "f": "f8", "d": "g"}[result.dtype.char]
    exact = (np.asarray(a).astype(result.dtype).astype(wide) for a in args)
    return np.asarray(getattr(np, op)(*exact)).astype(result.dtype)


def compare(compiled, plain, ops, args, what):
    wanted, error = outcome(plain, args)
    got, got_error = outcome(compiled, args)
    assert got_error == error, f"{what}: {got_error} instead of {error}"
    if error is not None:
        return
    for op, g, w in zip(ops, got, wanted, strict=True):
        if op in EITHER_ZERO and w.dtype.kind == "f":
            g, w = g + w.dtype.type(0), w + w.dtype.type(0)
        if op not in MATHS or w.dtype.kind != "f":
            check(g, w, f"{what} {op}")
            continue
        if op in CANCELLING:
            check(g, w, f"{what} {op}", ulps=1 << 62)
            compare_sums(g, w, args, f"{what} {op}")
            continue
        check(g, w, f"{what} {op}", ulps=1 << 16)
        true = true_values(op, args, w)
        near = np.asarray(apart(np.asarray(g), np.asarray(w)) == 0)
        check_elements(np.where(near, true, g), true, f"{what} {op}", ulps=1)


def compare_sums(got, wanted, args, what):
    """Compare what may cancel: by an error of the operands' size."""
    eps = np.finfo(wanted.dtype).eps
    got, wanted = np.asarray(got, "g"), np.asarray(wanted, "g")
    size = np.maximum(np.maximum(*(np.abs(np.asarray(a, "g")) for a in args)), 1)
    with_size = np.isfinite(wanted)
    assert np.array_equal(got[~with_size], wanted[~with_size], equal_nan=True), what
    assert (np.abs(got - wanted) <= 2 * eps * size)[with_size].all(), what


def expect_compiled(compiled, plain, example, before, dtype):
    """Fail if more ran plain than the array that is not aligned, where NumPy takes the dtype."""
    if outcome(plain, example)[1] is None:
        ran = compiled.stats()["plain_calls"] - before
        assert ran <= (np.dtype(dtype).itemsize > 1), (dtype, compiled.stats()["reasons"])


@pytest.mark.parametrize("ops", groups(1), ids=lambda ops: "-".join(ops))
def test_unary(ops):
    plain = function_of(ops, 1)
    compiled = braze.jit(plain)
    for dtype in DTYPES:
        before = compiled.stats()["plain_calls"]
        for name, x in layouts(edge_values(dtype)).items():
            compare(compiled, plain, ops, (x,), f"{dtype} {name}")
        if ops != ["spacing"] or np.result_type(dtype, "f2") != "f2":
            expect_compiled(compiled, plain, (np.ones(2, dtype),), before, dtype)


@pytest.mark.parametrize("ops", groups(2), ids=lambda ops: "-".join(ops))
def test_binary(ops):
    plain = function_of(ops, 2)
    compiled = braze.jit(plain)
    for dtype in DTYPES:
        before = compiled.stats()["plain_calls"]
        x, y = edge_values(dtype), edge_values(dtype, seed=1)[::-1].copy()
        compare(compiled, plain, ops, (x[:, None], y), f"{dtype} all pairs")
        pairs = zip(layouts(x).items(), layouts(y).values(), strict=True)
        for name, (a, b) in ((name, (a, b)) for (name, a), b in pairs):
            compare(compiled, plain, ops, (a, b), f"{dtype} {name}")
        table = layouts(x)
        for a, b in [
            (table["transposed"], table["2-d"].reshape(table["transposed"].shape)),
            (table["2-d"], table["one row"]),
            (table["one row"], table["2-d"]),
            (table["odd"], table["0-d"]),
            (table["0-d"], table["repeated rows"]),
            (table["empty 2-d"], table["one"]),
        ]:
            compare(compiled, plain, ops, (a, b), f"{dtype} {a.shape} {b.shape}")
        by_numpy = ops == ["power"] and not dtype.startswith("f")  # powers of integers
        by_numpy |= ops == ["nextafter"] and np.result_type(dtype, "f2") == "f2"
        if not by_numpy:
            expect_compiled(compiled, plain, (np.ones(2, dtype),) * 2, before, dtype)


PAIRS = [
    ("?", "i1"), ("?", "f2"), ("i1", "u1"), ("i2", "u4"), ("i8", "u8"), ("u8", "i4"), ("u1", "f2"),
    ("i2", "f2"), ("i4", "f4"), ("u2", "f4"), ("i8", "f4"), ("f2", "f4"), ("f4", "f8"),
    ("u8", "f8"), ("f8", "i1"),
]  # fmt: skip


@pytest.mark.parametrize("ops", groups(2, 8), ids=lambda ops: "-".join(ops))
def test_binary_of_two_dtypes(ops):
    plain = function_of(ops, 2)
    compiled = braze.jit(plain)
    for first, second in PAIRS:
        x, y = edge_values(first), edge_values(second, seed=1)
        compare(compiled, plain, ops, (x[:, None], y), f"{first} {second}")


# Python and NumPy numbers beside an array; what does not fit an integer dtype raises in NumPy.
NUMBERS = [0, -1, 3, 300, True, 0.5, float("nan"), 1e300, np.int8(-3), np.uint8(200),
           np.float16(1.5), np.float32(0.1), np.int64(7)]  # fmt: skip


@pytest.mark.parametrize("ops", groups(2, 8), ids=lambda ops: "-".join(ops))
@pytest.mark.parametrize("dtype", ["?", "u1", "i8", "f4"])
def test_array_and_number(ops, dtype):
    plain = function_of(ops, 2)
    compiled = braze.jit(plain)
    x = edge_values(dtype)
    for number in NUMBERS:
        for args in ((x, number), (number, x), (x[3], number)):
            compare(compiled, plain, ops, args, f"{args[0]!r:.20} {args[1]!r:.20}")


@pytest.mark.parametrize("ops", groups(1, 8), ids=lambda ops: "-".join(ops))
def test_unary_of_numbers(ops):
    plain = function_of(ops, 1)
    compiled = braze.jit(plain)
    for number in NUMBERS:
        compare(compiled, plain, ops, (number,), repr(number))


@pytest.mark.parametrize("dtype", DTYPES)
def test_where_and_clip(dtype):
    def plain(c, x, y, z):
        return (
            np.where(c, x, y),
            np.where(x, y, z),
            np.clip(x, y, z),
            x.clip(y),
            np.clip(x, None, z),
        )

    compiled = braze.jit(plain)
    conditions = layouts(np.arange(37) % 3 == 0)
    operands = [layouts(edge_values(dtype, seed=s)) for s in range(3)]
    for name, condition in conditions.items():
        args = (condition, *(o[name] for o in operands))
        wanted, error = outcome(plain, args)
        got, got_error = outcome(compiled, args)
        assert got_error == error, f"{name}: {got_error} instead of {error}"
        check(got, wanted, f"{dtype} {name}", layout="repeated" not in name)


@pytest.mark.parametrize("source", DTYPES)
def test_casts(source):
    calls = ", ".join(f"x.astype({target!r})" for target in DTYPES)
    plain = define(f"def f(x):\n    return ({calls})\n")
    compiled = braze.jit(plain)
    values = edge_values(source)
    if values.dtype.kind == "f":  # what lies outside of an integer's range becomes anything
        values = np.where(np.abs(values) < 100, np.abs(values), 7).astype(source)
    for name, x in layouts(values).items():
        before = compiled.stats()["plain_calls"]
        check(compiled(x), plain(x), f"{source} {name}")
        repeats = x.ndim > 1 and x.size and 0 in x.strides
        assert compiled.stats()["plain_calls"] - before <= repeats, name


# Reductions

REDUCTIONS = [
    n
    for n, row in _core.ops.items()
    if row["kind"] in ("reduce", "macro") and hasattr(np.ndarray, n)
]
SEVERAL = [n for n in REDUCTIONS if not n.startswith("arg")]


def axes_for(op, rank):
    axes = [None, 0, -1][: 1 + 2 * (rank > 0)]
    if op in SEVERAL and rank > 1:
        axes += [(0, 1), (0, rank - 1)] if rank > 2 else [(1, 0)]
    return axes


def reducing(op, rank):
    calls = [
        f"x.{op}(axis={axis}, keepdims={keep})"
        for axis in axes_for(op, rank)
        for keep in (False, True)
        if keep is False or op in SEVERAL or axis is not None
    ]
    return define(f"def f(x):\n    return ({', '.join(calls)},)\n")


def reduction_values(dtype, count):
    rng = np.random.default_rng(count)
    if np.dtype(dtype).kind == "f":
        scale = 1 / np.sqrt(count)  # so that no product overflows in any order
        return ((1 + scale * rng.standard_normal(count)) * rng.choice([-1, 1], count)).astype(dtype)
    return edge_values(dtype, count)


def arrays_to_reduce(dtype):
    """Return arrays whose sums have an order of their own: rows of many lengths, both ways."""
    shapes = [(1,), (7,), (8,), (129,), (1000,), (3, 5), (2, 300), (130, 9), (4, 3, 17), (3, 1, 2)]
    arrays = {}
    for shape in shapes:
        values = reduction_values(dtype, int(np.prod(shape))).reshape(shape)
        arrays[f"C {shape}"] = values
        if len(shape) > 1:
            arrays[f"transposed {shape}"] = np.asfortranarray(values)
            arrays[f"reversed {shape}"] = values[::-1, ::-1]
        arrays[f"strided {shape}"] = np.repeat(values, 2, axis=-1)[..., ::2]
        arrays[f"repeated {shape}"] = np.broadcast_to(values, (3, *shape))[:, :2]
    return arrays


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("op", REDUCTIONS)
def test_reductions(op, dtype):
    plain = {rank: reducing(op, rank) for rank in (0, 1, 2, 3, 4)}
    compiled = {rank: braze.jit(f) for rank, f in plain.items()}
    loose = op in ("mean", "var", "std") or dtype.startswith("f") and op in ("sum", "prod")
    for name, x in arrays_to_reduce(dtype).items():
        what = f"{op} {dtype} {name}"
        wanted, got = plain[x.ndim](x), compiled[x.ndim](x)
        if loose and not name.startswith("C "):
            compare_near(got, wanted, x, op, what)
        else:
            check(got, wanted, what)
    assert all(f.stats()["plain_calls"] == 0 for f in compiled.values())
    check(compiled[0](np.array(3, dtype)), plain[0](np.array(3, dtype)), f"{op} {dtype} 0-d")


def compare_near(got, wanted, x, op, what):
    """Compare sums in another order of memory: by the error that the order may make."""
    for g, w in zip(got, wanted, strict=True):
        check(g, w, what, ulps=1 << 62, layout=False)
        eps = float(np.finfo(w.dtype).eps)
        scale = float(np.abs(x.astype("f8")).sum()) if op == "sum" else float(np.abs(w).max())
        tolerance = eps * max(scale, 1e-30) * (x.size if op == "prod" else 16)
        np.testing.assert_allclose(g.astype("f8"), w.astype("f8"), 0, tolerance, err_msg=what)


@pytest.mark.parametrize("op", REDUCTIONS)
def test_reductions_of_edges(op):
    for dtype in DTYPES:
        for rank, shape in ((1, (37,)), (2, (6, 6)), (1, (0,)), (2, (0, 3)), (2, (3, 0))):
            plain = reducing(op, rank)
            compiled = braze.jit(plain)
            x = edge_values(dtype)[: int(np.prod(shape))].reshape(shape)
            wanted, error = outcome(plain, (x,))
            got, got_error = outcome(compiled, (x,))
            assert got_error == error, f"{dtype} {shape}: {got_error} instead of {error}"
            check(got, wanted, f"{op} {dtype} {shape}")


# Views

BOUNDS = [None, 0, 1, 3, 5, 6, 50, -1, -3, -5, -6, -50]
STEPS = [None, 1, 2, 4, 50, -1, -2, -3, -50]


def test_slices():
    x = np.arange(30.0).reshape(5, 6)
    for step in STEPS:
        keys = [f"{a}:{b}:{step}" for a in BOUNDS for b in BOUNDS]
        calls = ", ".join(f"x[{k.replace('None', '')}]" for k in keys)
        plain = define(f"def f(x):\n    return ({calls})\n")
        for a in (x, x.T, x[:, 0], x[::-1, ::2], x[:0], x[:1]):
            compiled = braze.jit(plain)
            got, wanted = compiled(a), plain(a)
            check(got, wanted, f"{step} {a.shape}")
            for g, w, k in zip(got, wanted, keys, strict=True):
                assert g.size == 0 or g.ctypes.data == w.ctypes.data, k
                assert g.size == 0 or np.shares_memory(g, a), k
            assert compiled.stats()["plain_calls"] == 0


VIEWS = [
    "x[None]", "x[..., None]", "x[:, None, ::2]", "x[1]", "x[-1, 2]", "x[1, ..., 0]", "x[..., 1]",
    "x[()]", "x[...]", "x[1, 1, 1]", "x[1, 1, 1, ...]", "x.T", "x.transpose(1, 0, 2)",
    "x.transpose((-1, 0, 1))", "x.swapaxes(0, 2)", "np.moveaxis(x, 0, -1)", "x.reshape(-1)",
    "x.reshape(6, -1)", "x.reshape(x.shape[0] * x.shape[1], x.shape[2])", "x.ravel()",
    "x[:1].squeeze()", "x[:, :1].squeeze(1)", "np.expand_dims(x, (0, 2))", "np.flip(x)",
    "np.broadcast_to(x, (2, *x.shape))", "np.flip(x, 1)", "np.flip(x, (0, -1))", "x[::-1].T[1:]",
    "x[1:][::2][::-1]", "x[::-1][::-1]", "x[2][1:, ::-1]", "x.reshape(2, 2, 3, -1)[1:, 0].T",
    "x.flatten()", "x.copy()", "np.copy(x)", "x.mT", "x.real", "np.atleast_2d(x[0, 0])",
    "np.atleast_1d(x[0, 0, 0])", "np.zeros_like(x)", "np.ones_like(x, dtype=np.int32)",
    "np.full_like(x, 3)", "np.array(x)", "np.asarray(x)", "+x", "x + 1",
    "x.astype(np.float32)", "x.astype(x.dtype)", "x.astype(x.dtype, copy=False)",
    "x * x.T[0, 0, 0]",
    "np.where(x > 0, x, 1)", "x.reshape(-1)[3:].reshape(-1, 1)", "np.squeeze(x[None])",
]  # fmt: skip


@pytest.mark.parametrize("text", VIEWS)
def test_views(text):
    plain = define(f"def f(x):\n    return {text}\n")
    compiled = braze.jit(plain)
    base = np.arange(72).reshape(4, 3, 6)
    for dtype in ("f8", "i1"):
        x = base.astype(dtype)
        turned = np.ascontiguousarray(x.transpose(2, 1, 0)).transpose(2, 1, 0)
        mixed = np.ascontiguousarray(x.transpose(1, 0, 2)).transpose(1, 0, 2)
        wide = np.repeat(x, 2, axis=2)[:, :, ::2]
        repeated = np.broadcast_to(x[:1], x.shape)
        for array in (x, turned, mixed, wide, x[::-1], x[:, :, ::-1], repeated):
            before = compiled.stats()["plain_calls"]
            got, wanted = compiled(array), plain(array)
            check(got, wanted, f"{dtype} {array.strides}")
            ran = compiled.stats()["plain_calls"] - before
            assert ran <= (array is repeated) or text == "x.ravel()", compiled.stats()["reasons"]
            if isinstance(wanted, np.ndarray):
                assert np.shares_memory(got, array) == np.shares_memory(wanted, array)
                assert (got is array) == (wanted is array)
                long = [i for i, size in enumerate(wanted.shape) if size > 1]
                assert [got.strides[i] for i in long] == [wanted.strides[i] for i in long]
