"""The short ways to NumPy's C functions: taken where they give the same, and only there."""

import contextvars
import itertools
import warnings

import numpy as np
import pytest
from exact import check

import braze
from braze.arrays.eager.calls import callee
from braze.arrays.eager.direct import DIRECT

A, B, V = ("array", "f64", 2), ("array", "f64", 2), ("array", "f64", 1)
CALLS = {
    "sort(_0, axis=0)": (A,),
    "sort(_0)": (V,),
    "argsort(_0, axis=None)": (A,),
    "partition(_0, 2, axis=1)": (A,),
    "argpartition(_0, (1, 2))": (A,),
    "searchsorted(_0, _1, side='right')": (V, A),
    "trace(_0, offset=1)": (A,),
    "linalg.solve(_0, _1)": (A, V),
    "linalg.inv(_0)": (A,),
    "linalg.det(_0)": (A,),
    "linalg.slogdet(_0)": (A,),
    "linalg.cholesky(_0, upper=True)": (A,),
    "linalg.eigh(_0, UPLO='U')": (A,),
    "linalg.eigvalsh(_0)": (A,),
    "interp(_0, _1, _2, left=-1.0)": (A, V, V),
    "einsum('ij,j', _0, _1)": (A, V),
    "correlate(_0, _1, mode='full')": (V, V),
}


def operand(kind, rank, layout):
    rng = np.random.default_rng(rank)
    if rank == 1:
        return np.sort(rng.random(4))[::layout].copy()[::layout]
    a = rng.random((4, 4)) + 4 * np.eye(4)
    return {1: a + a.T, -1: (a + a.T)[::-1].copy()[::-1]}[layout]


@pytest.mark.parametrize("layout", [1, -1])
@pytest.mark.parametrize("text", CALLS)
def test_short_ways_give_what_numpy_gives(text, layout):
    types = CALLS[text]
    made = callee(f"numpy.{text}", types)
    name = text[: text.index("(")]
    assert made.run is not getattr(made.function, "_implementation", None)
    assert name in DIRECT
    given = [operand(*t[1:], layout) for t in types]
    arguments = [given[a] if type(a).__name__ == "Given" else a for a in made.arguments]
    if made.copies >= 0:
        arguments[made.copies] = given[made.copies].copy(order="K")
    got = made.run(*arguments)
    if made.copies >= 0:
        got = arguments[made.copies]
    names = {f"_{k}": a for k, a in enumerate(given)}
    wanted = eval(f"np.{text}", {"np": np} | names)
    check(got, tuple(wanted) if isinstance(wanted, tuple) else wanted, text)


def test_every_short_way_is_tested():
    assert {text[: text.index("(")] for text in CALLS} == set(DIRECT)


OTHERWISE = {
    "sort(_0, axis=None)": (A,),
    "sort(_0)": (("scalar", "f64", 0),),
    "linalg.solve(_0, _1)": (A, ("array", "f32", 1)),
    "linalg.inv(_0)": (("array", "i64", 2),),
    "linalg.eigh(_0, UPLO='x')": (A,),
    "interp(_0, _1, _2, period=2.0)": (V, V, V),
    "interp(_0, _1, _2)": (V, V, ("array", "c128", 1)),
    "einsum('ij,j', _0, _1, optimize=True)": (A, V),
}


@pytest.mark.parametrize("text", OTHERWISE)
def test_what_numpys_python_code_has_to_see_goes_there(text):
    made = callee(f"numpy.{text}", OTHERWISE[text])
    assert made.run is made.function._implementation


def test_operands_are_shown_one_after_the_other():
    """Arrays of other sizes and strides at the same step, and numbers among them."""

    def f(x, n):
        t = 0.0
        for i in range(n):
            t += np.sort(x[i % 3 :])[1] * np.searchsorted(x[: i + 2], x[i % 4])
        return t

    fast = braze.script(f)
    whole = np.random.default_rng(3).random(40)
    for n, x in itertools.product((3, 9), (whole, whole[::-1], whole[::3].copy())):
        check(fast(x, n), f(x, n), "shown")
    assert fast.stats()["compiled_calls"] == 6


def test_context_variables_stay_those_of_the_caller():
    variable = contextvars.ContextVar("variable", default=0)

    def f(x):
        return np.median(x) + np.linalg.det(x) + np.sort(x, axis=0)

    fast = braze.jit(f)
    x = np.eye(3) + 1
    variable.set(5)
    with np.errstate(divide="raise", over="ignore"):
        for _ in range(4):
            check(fast(x), f(x), "context")
        assert np.geterr()["divide"] == "raise"
        assert np.geterr()["over"] == "ignore"
    assert variable.get() == 5
    assert contextvars.copy_context().run(lambda: (fast(x).sum(), variable.get()))[1] == 5


@pytest.mark.parametrize("body", ["np.nanmedian(x, axis=0)", "np.nanquantile(x, 0.5, axis=0)"])
def test_numpy_warns_where_there_is_nothing_but_nan(body):
    space = {"np": np}
    exec(compile(f"def f(x):\n    y = x * 1\n    return {body}", "<nan>", "exec"), space)
    f = space["f"]
    fast = braze.jit(f)
    x = np.arange(12.0).reshape(4, 3)
    check(fast(x), f(x), body)
    x[:, 1] = np.nan
    seen, results = [], []
    for call in (f, fast):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            result = call(x)
        seen.append([(str(w.message), w.category) for w in told])
        results.append(result)
    assert seen[0] == seen[1] != []
    check(results[1], results[0], body)
