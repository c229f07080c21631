"""Functions of every origin can be decorated, copied, sent elsewhere and looked at."""

import asyncio
import copy
import functools
import inspect
import linecache
import pickle
import subprocess
import sys
import textwrap
import warnings
import weakref

import numpy as np
import pytest
from exact import check

import braze

X = np.linspace(-1, 2, 6)
FACTOR = 3.0


@braze.jit
def at_module_level(x, k=2.0, *, shift=0.5):
    """Scale and shift."""
    return x * k + shift


def plain(x: np.ndarray, k: float = 2.0) -> np.ndarray:
    return x * k + FACTOR


class Model:
    rate = 2.0

    def __init__(self, weight):
        self.weight = weight

    @braze.jit
    def method(self, x):
        return x * self.weight

    @classmethod
    @braze.jit
    def of_class(cls, x):
        return x * cls.rate

    @staticmethod
    @braze.jit
    def static(x):
        return x * 4

    @property
    @braze.jit
    def norm(self):
        return (self.weight**2).sum()

    def undecorated(self, x):
        return x * self.weight + 1

    def __call__(self, x):
        return x - self.weight


def compiled_whole(function, *args, **kwargs):
    """Call twice and return the result; fail unless both calls ran compiled code."""
    function(*args, **kwargs)
    result = function(*args, **kwargs)
    assert function.stats()["compiled_calls"] == 2, function.stats()["reasons"]
    return result


def test_methods_of_all_kinds():
    model = Model(X)
    check(model.method(X), X * X)
    check(Model.of_class(X), X * 2)
    check(model.static(X), X * 4)
    check(Model.static(X), X * 4)
    check(model.norm, (X**2).sum())
    assert Model.method.stats()["plain_calls"] == 0
    check(Model.method(model, X), X * X)


def test_a_decorated_static_method_object():
    class C:
        f = braze.jit(staticmethod(lambda x: x * 3))

    check(C.f(X), X * 3)


def test_bound_methods_callable_objects_and_partials():
    model = Model(X)
    for function, wanted in [
        (model.undecorated, X * X + 1),
        (model, X - X),
        (functools.partial(plain, k=3.0), X * 3 + FACTOR),
        (functools.partial(model.undecorated), X * X + 1),
    ]:
        check(compiled_whole(braze.jit(function), X), wanted)


def test_the_object_behind_a_bound_method_may_change():
    model = Model(X)
    for function in (braze.jit(model.undecorated), braze.jit(model)):
        model.weight = X
        check(function(X), function.__wrapped__(X))
        model.weight = X * 2
        check(function(X), function.__wrapped__(X))
        model.weight = 2.5
        check(function(X), function.__wrapped__(X))
    partial = functools.partial(plain, k=3.0)
    function = braze.jit(partial)
    function(X)
    partial.keywords["k"] = 5
    check(function(X), partial(X))


def test_several_lambdas_on_a_line():
    one, two, three = (braze.jit(f) for f in (lambda x: x + 1, lambda x: x * 2, lambda x: x - 3))
    check(compiled_whole(one, X), X + 1)
    check(compiled_whole(two, X), X * 2)
    check(compiled_whole(three, X), X - 3)


def test_lambdas_that_differ_in_a_constant_only():
    fs = [braze.jit(lambda x: x * 2), braze.jit(lambda x: x * 3)]
    check([f(X) for f in fs], [X * 2, X * 3])


def notebook_cell(source, number):
    """Run source as IPython does: its text is in linecache under a name that is no file."""
    name = f"<ipython-input-{number}-0123456789ab>"
    source = textwrap.dedent(source)
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    space = {"np": np, "braze": braze}
    exec(compile(source, name, "exec"), space)
    return space


CELL = """
    @braze.jit
    def f(x, n):
        for i in range(n):
            if x.sum() > 0:
                x = x - 1
            else:
                x = x + 2
        return x
"""


def test_a_function_of_a_notebook():
    f = notebook_cell(CELL, 1)["f"]
    check(compiled_whole(f, X, 5), f.__wrapped__(X, 5))
    assert f.explain(X, 5).data["mode"] == "script"


def test_a_cell_that_is_run_again():
    for constant in (1, 2, 3):
        f = notebook_cell(f"@braze.jit\ndef f(x):\n    return x + {constant}\n", 2)["f"]
        check(f(X), X + constant)


def test_functions_without_source():
    space = {"np": np}
    exec("def f(x):\n    return np.where(x > 0, x, 0) * 2\ng = lambda x: x + 1", space)
    check(compiled_whole(braze.jit(space["f"]), X), space["f"](X))
    check(compiled_whole(braze.jit(space["g"]), X), X + 1)
    with pytest.raises(braze.CompileError, match="source"):
        braze.script(space["f"])(X)


def test_an_edited_file_is_not_believed(tmp_path):
    path = tmp_path / "edited.py"
    path.write_text("def f(x):\n    return x + 1\n")
    space = {}
    exec(compile(path.read_text(), str(path), "exec"), space)
    path.write_text("def f(x):\n    return x + 2\n")
    check(braze.jit(space["f"])(X), X + 1)


def test_generators_and_coroutines_stay_what_they_are():
    @braze.jit
    def generator(x):
        yield x + 1
        yield x + 2

    @braze.jit
    async def coroutine(x):
        await asyncio.sleep(0)
        return x + 1

    @braze.jit
    async def asynchronous(x):
        yield x + 3

    async def first():
        return [value async for value in asynchronous(X)]

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check(list(generator(X)), [X + 1, X + 2])
        check(asyncio.run(coroutine(X)), X + 1)
        check(asyncio.run(first()), [X + 3])
    assert inspect.iscoroutinefunction(coroutine) and inspect.isgeneratorfunction(generator)
    assert generator.stats()["plain_calls"] == 1


def test_what_it_shows_of_the_plain_function():
    f = at_module_level
    assert f.__doc__ == "Scale and shift."
    assert (f.__name__, f.__qualname__, f.__module__) == (
        "at_module_level", "at_module_level", __name__,
    )  # fmt: skip
    assert str(inspect.signature(f)) == "(x, k=2.0, *, shift=0.5)"
    assert "Scale and shift" in inspect.getsource(f)
    assert f.__defaults__ == (2.0,) and f.__kwdefaults__ == {"shift": 0.5}
    assert braze.jit(plain).__annotations__ == plain.__annotations__
    assert weakref.ref(f)() is f and {f: 1}[f] == 1 and callable(f)


def test_changed_defaults_are_seen():
    def f(x, k=2.0):
        return x * k

    compiled = braze.jit(f)
    check(compiled(X), X * 2)
    compiled.__defaults__ = (5.0,)
    check(compiled(X), X * 5)
    f.__defaults__ = (7,)
    check(compiled(X), X * 7)


def test_keyword_arguments():
    f, g = at_module_level, at_module_level.__wrapped__
    check(f(X, shift=1.0), g(X, shift=1.0))
    check(f(k=3, x=X), g(k=3, x=X))
    check(f(shift=2, x=X, k=X), g(shift=2, x=X, k=X))
    for wrong in ({"d": 1}, {"k": 1, "x": 2}):
        with pytest.raises(TypeError) as raised:
            f(X, **wrong)
        with pytest.raises(TypeError) as wanted:
            g(X, **wrong)
        assert str(raised.value) == str(wanted.value)


def test_decorators_on_both_sides():
    def doubled(f):
        @functools.wraps(f)
        def wrapper(*args):
            return f(*args) * 2

        return wrapper

    check(doubled(braze.jit(plain))(X), plain(X) * 2)
    check(compiled_whole(braze.jit(doubled(plain)), X), plain(X) * 2)
    check(braze.jit(braze.jit(plain))(X), plain(X))


def test_copies():
    assert copy.copy(at_module_level) is at_module_level
    model = copy.deepcopy({"f": at_module_level, "m": Model(X)})
    assert model["f"] is at_module_level
    check(model["m"].method(X), X * X)


def test_pickles_by_name():
    assert pickle.loads(pickle.dumps(at_module_level)) is at_module_level
    assert pickle.loads(pickle.dumps(Model.static)) is Model.static
    compiled = braze.jit(plain, threads=1)
    again = pickle.loads(pickle.dumps(compiled))
    assert again.__wrapped__ is plain and again._compiler.options.threads == 1
    check(again(X), plain(X))


def test_pickles_of_functions_without_a_name():
    scale = np.float64(2.5)

    def inner(x, k=FACTOR):
        return np.maximum(x, 0) * k + scale + plain(x)

    for f in (inner, lambda x: x * FACTOR):
        again = pickle.loads(pickle.dumps(braze.jit(f)))
        check(again(X), f(X))
        assert again.stats()["compiled_calls"] == 1


def test_pickles_of_functions_that_refer_to_each_other():
    count = 0

    @braze.jit
    def even(n, x):
        nonlocal count
        count += 1
        return x if n == 0 else odd(n - 1, x) + 1

    def odd(n, x):
        return -x if n == 0 else even(n - 1, x) * 2

    @braze.jit
    def counted():
        return count

    def recursive(n, x):
        return x if n == 0 else recursive(n - 1, x) + recursive.step

    recursive.step = 3.0
    again, told, compiled = pickle.loads(pickle.dumps([even, counted, braze.jit(recursive)]))
    check(again(5, X), even(5, X))
    assert told() == count == 3
    check(compiled(4, X), recursive(4, X))


def test_picklers_that_take_functions_of_main_apart():
    """What joblib and dask send to processes whose `__main__` is another."""
    main = {"__name__": "__main__", "braze": braze}
    exec("if True:" + CELL, main)
    sys.modules["__main__"].f = main["f"]
    theirs = {"__name__": "joblib.externals.cloudpickle.cloudpickle", "pickle": pickle}
    exec("def dumps(what): return pickle.dumps(what)", theirs)
    try:
        named, by_value = pickle.dumps(main["f"]), theirs["dumps"](main["f"])
    finally:
        del sys.modules["__main__"].f
    check(pickle.loads(by_value)(X, 5), main["f"](X, 5))
    with pytest.raises(AttributeError):
        pickle.loads(named)


def test_pickles_before_anything_is_compiled():
    program = (
        "import pickle, braze; k = 3; f = braze.jit(lambda x: x * k);"
        "print(pickle.loads(pickle.dumps(f))(2))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "6\n"


def test_in_another_process(tmp_path):
    f = notebook_cell(CELL, 3)["f"]
    path = tmp_path / "f.pickle"
    path.write_bytes(pickle.dumps([f, braze.jit(lambda x: np.abs(x) + 1)]))
    program = (
        "import pickle, sys, numpy as np; f, g = pickle.load(open(sys.argv[1], 'rb'));"
        "x = np.linspace(-1, 2, 6); print(f(x, 5).tolist(), g(x).tolist());"
        "print(f.stats()['compiled_calls'], g.stats()['compiled_calls'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True
    )
    wanted = f"{f.__wrapped__(X, 5).tolist()} {(np.abs(X) + 1).tolist()}\n1 1\n"
    assert done.stdout == wanted


def work(function, x):
    return function(x)


def test_in_a_pool_of_processes():
    import multiprocessing

    with multiprocessing.get_context("spawn").Pool(1) as pool:
        check(pool.apply(work, (at_module_level, X)), at_module_level.__wrapped__(X))


@pytest.mark.parametrize("wrong", [3, None.__class__.__name__, [plain]])
def test_what_is_no_function(wrong):
    with pytest.raises(TypeError, match="jit takes a function"):
        braze.jit(wrong)
