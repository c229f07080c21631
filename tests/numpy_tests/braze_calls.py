"""What rewritten test files call: NumPy through functions compiled by braze.

Each form of a call (which function, how many arguments, which keywords) becomes a function of its
own, as a user would write it, compiled by `braze.jit`. Its result is what the test sees. Where the
call has no side effects it is made again, so that the compiled code runs from its second call on,
and plain NumPy is asked too; results that differ fail the test. `forget` drops all functions.
"""

import contextlib
import functools
import operator
import types
import warnings

import numpy as np
from exact import check
from inexact import ulps_of

import braze

# Functions that change what they are given, or the state of NumPy.
EFFECTS = {
    "copyto", "put", "place", "putmask", "fill_diagonal", "put_along_axis", "at", "sort",
    "partition", "fill", "resize", "setflags", "setfield", "byteswap", "itemset", "__setitem__",
    "shuffle", "permutation", "empty", "empty_like", "view", "setstate", "__setstate__",
    "tofile", "dump", "fromfile", "save", "savez", "__iadd__", "fromiter", "nditer", "frombuffer",
}  # fmt: skip
# Not functions of arrays: printing, settings, files, and what tests themselves are made of.
OUTSIDE = {
    "seterr", "geterr", "setbufsize", "getbufsize", "seterrcall", "geterrcall", "errstate",
    "set_printoptions", "get_printoptions", "printoptions", "array2string", "array_repr",
    "array_str", "info", "show_config", "show_runtime", "test", "get_include", "typename",
    "frompyfunc", "tofile", "fromfile", "dump", "dumps", "save", "savez", "savetxt", "load",
    "loadtxt", "genfromtxt", "fromregex", "savez_compressed", "memmap", "__reduce__",
    "__reduce_ex__", "__setstate__", "__array_finalize__", "__sizeof__", "nested_iters",
}  # fmt: skip
LIMIT = 200_000  # elements; larger results are not compared
OFTEN = 100  # calls of a form in one test; those behind are not compared
PLAIN = (bool, int, float, complex, str, bytes, type, type(None), type(Ellipsis), np.dtype)
CALLERS = {"assert_raises", "assert_raises_regex", "raises", "assert_warns", "warns",
           "assert_no_warnings", "deprecated_call", "assert_deprecated"}  # fmt: skip


def names_of():
    """Return for each function of NumPy the text that names it."""
    names = {}
    spaces = {"np": np, "np.linalg": np.linalg, "np.fft": np.fft}
    for space, module in spaces.items():
        for name in sorted(dir(module)):
            value = getattr(module, name)
            callable_ = isinstance(value, (np.ufunc, types.BuiltinFunctionType)) or (
                getattr(value, "__module__", "") or ""
            ).startswith("numpy")
            if name.startswith("_") or name in OUTSIDE or isinstance(value, type):
                continue
            if callable_ and callable(value):
                names.setdefault(id(value), (f"{space}.{name}", value))
    return names


NAMES = names_of()
NAMES_OF_UFUNCS = {name for name, value in NAMES.values() if isinstance(value, np.ufunc)}
counts = dict.fromkeys(("calls", "compiled", "compared", "functions"), 0)


@functools.cache
def form(source, name="call"):
    """Return a compiled function and the plain one, made of a source text."""
    import linecache

    file = f"<{source}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    space = {"np": np}
    exec(compile(source, file, "exec"), space)
    counts["functions"] += 1
    return braze.jit(space[name]), space[name]


FORMS = []
times = {}  # how often each form was called in this test


def made(source):
    before = form.cache_info().currsize
    pair = form(source)
    if form.cache_info().currsize != before:
        FORMS.append(pair[0])
    return pair


def forget():
    """Drop the functions, after counting what they did."""
    for compiled in FORMS:
        counters = compiled._counters()
        counts["calls"] += counters["calls"]
        counts["compiled"] += counters["compiled_calls"] + counters["divided_calls"]
    FORMS.clear()
    times.clear()
    form.cache_clear()


def repeatable(value, depth=0):
    """Return whether using a value again has no effect on it."""
    if type(value) is np.ndarray:
        return not value.dtype.hasobject and value.size <= LIMIT
    if isinstance(value, np.generic):
        return type(value).__module__ == "numpy" and not isinstance(value, np.void)
    if type(value) in (list, tuple):
        return depth < 4 and len(value) <= 1000 and all(repeatable(v, depth + 1) for v in value)
    if type(value) is slice:
        return True
    return (
        isinstance(value, np.ufunc)
        or (
            isinstance(value, PLAIN)
            and not isinstance(value, type | np.dtype)
            and type(value).__module__ == "builtins"
        )
        or isinstance(value, np.dtype)
        or (
            isinstance(value, type)
            and (issubclass(value, np.generic) or value in (bool, int, float, complex, object))
        )
    )


@contextlib.contextmanager
def quietly():
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def outcome(function, args, kwargs=None):
    try:
        return function(*args, **(kwargs or {})), None
    except Exception as error:
        return None, error


class Different(AssertionError):
    """The compiled function's result is not NumPy's."""


def run(source, args, kwargs, pure, name):
    """Call the function made of a text; a call without effects once more, and plainly."""
    compiled, plain = made(source)
    pure = pure and all(map(repeatable, (*args, *kwargs.values())))
    times[source] = times.get(source, 0) + 1
    if not pure or times[source] > OFTEN:
        return compiled(*args, **kwargs)
    result = compiled(*args, **kwargs)
    if not small(result):
        return result
    with quietly():
        wanted, error = outcome(plain, args, kwargs)
        again, again_error = outcome(compiled, args, kwargs)
        if repr(error) != repr(again_error):
            raise Different(f"{source}: {again_error!r}, not {error!r}")
    if error is None and small(wanted):
        counts["compared"] += 1
        compare(result, wanted, f"first call of {source}", name)
        compare(again, wanted, f"second call of {source}", name)
    return result


def small(result):
    if isinstance(result, (tuple, list)):
        return all(map(small, result))
    return repeatable(result) and (type(result) is not np.ndarray or result.dtype.kind in "biufc")


def compare(got, wanted, what, name):
    with quietly():
        try:
            check(got, wanted, what, ulps_of(name))
        except AssertionError as error:
            raise Different(str(error)) from None


def parameters(args, kwargs):
    names = [f"x{i}" for i in range(len(args))]
    return ", ".join([*names, *(["*", *kwargs] if kwargs else [])]), ", ".join(
        [*names, *(f"{k}={k}" for k in kwargs)]
    )


def through(expression, name, args, kwargs, first=None):
    """Call a function of NumPy, or a method of `first`, through a compiled one."""
    given, passed = parameters(args, kwargs)
    receiver = "" if first is None else ("x, " if given else "x")
    source = f"def call({receiver}{given}):\n    return {expression}({passed})\n"
    # Without out=, where= leaves elements as they happen to lie in memory.
    chance = kwargs.get("where", True) is not True and expression in NAMES_OF_UFUNCS
    pure = name not in EFFECTS and kwargs.get("out") is None and not chance
    return run(source, args if first is None else (first[0], *args), kwargs, pure, name)


def of(function):
    """Return a function of NumPy or a method of an array as a compiled one; others as they are."""
    if isinstance(function, np.ufunc):
        known = NAMES.get(id(function))
        if known is None or known[1] is not function:
            return function
        nin = function.nin

        def call_ufunc(*args, **kwargs):
            name = function.__name__ if len(args) <= nin else "at"  # positional outputs
            return through(known[0], name, args, kwargs)

        return call_ufunc
    if isinstance(function, types.BuiltinMethodType) and not isinstance(
        function.__self__, types.ModuleType | type | type(None)
    ):
        return of_method(function)
    known = NAMES.get(id(function))
    if known is not None and known[1] is function:
        name = known[0].rpartition(".")[2]
        return lambda *args, **kwargs: through(known[0], name, args, kwargs)
    if getattr(function, "__name__", "") in CALLERS:
        return lambda *args, **kwargs: function(*arguments(args), **kwargs)
    return function


def of_method(function):
    """Return a bound method of a ufunc or an array as a compiled function."""
    owner, name = function.__self__, function.__name__
    if isinstance(owner, np.ufunc):
        known = NAMES.get(id(owner))
        if known is None or known[1] is not owner or name.startswith("_"):
            return function
        effects = "at" if name == "at" else owner.__name__
        return lambda *args, **kwargs: through(f"{known[0]}.{name}", effects, args, kwargs)
    plain = isinstance(owner, (np.ndarray, np.generic)) and not name.startswith("_")
    if not plain or name in OUTSIDE or not hasattr(type(owner), name):
        return function
    return lambda *args, **kwargs: through(f"x.{name}", name, args, kwargs, (owner,))


def arguments(args):
    """Return what a test gives to a function that calls the first function among it."""
    at = next((i for i, a in enumerate(args) if callable(a) and not isinstance(a, type)), None)
    return args if at is None else (*args[:at], of(args[at]), *args[at + 1 :])


def is_array(*values):
    return any(isinstance(v, (np.ndarray, np.generic)) for v in values)


UNARY = {"-": operator.neg, "+": operator.pos, "~": operator.invert}
BINARY = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "//": operator.floordiv, "%": operator.mod, "**": operator.pow, "@": operator.matmul,
    "<<": operator.lshift, ">>": operator.rshift, "&": operator.and_, "|": operator.or_,
    "^": operator.xor, "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
IN_PLACE = {
    "+=": operator.iadd, "-=": operator.isub, "*=": operator.imul, "/=": operator.itruediv,
    "//=": operator.ifloordiv, "%=": operator.imod, "**=": operator.ipow, "@=": operator.imatmul,
    "<<=": operator.ilshift, ">>=": operator.irshift, "&=": operator.iand, "|=": operator.ior,
    "^=": operator.ixor,
}  # fmt: skip


def unary(symbol, x):
    if not is_array(x):
        return UNARY[symbol](x)
    return run(f"def call(x):\n    return {symbol}x\n", (x,), {}, True, symbol)


def binary(symbol, x, y):
    if not is_array(x, y):
        return BINARY[symbol](x, y)
    return run(f"def call(x, y):\n    return x {symbol} y\n", (x, y), {}, True, symbol)


def augment(symbol, x, y):
    if not is_array(x, y):
        return IN_PLACE[symbol](x, y)
    source = f"def call(x, y):\n    x {symbol} y\n    return x\n"
    return run(source, (x, y), {}, False, symbol)


def attribute(x, name):
    if not is_array(x):
        return getattr(x, name)
    return run(f"def call(x):\n    return x.{name}\n", (x,), {}, True, name)


def index_text(index):
    """Return an index as text with parameters, and their values."""
    values = []

    def parameter(value):
        values.append(value)
        return f"i{len(values) - 1}"

    def part(one):
        if one is None or one is Ellipsis:
            return "None" if one is None else "..."
        if type(one) is slice:
            ends = ("" if e is None else parameter(e) for e in (one.start, one.stop, one.step))
            start, stop, step = ends
            return f"{start}:{stop}" + (f":{step}" if step else "")
        return parameter(one)

    if type(index) is not tuple:
        return part(index), values
    if not index:
        return "()", values
    return ", ".join(map(part, index)) + ("," if len(index) == 1 else ""), values


def item(x, index):
    if not is_array(x):
        return operator.getitem(x, index) if not isinstance(x, type) else x[index]
    text, values = index_text(index)
    names = "".join(f", i{i}" for i in range(len(values)))
    source = f"def call(x{names}):\n    return x[{text}]\n"
    return run(source, (x, *values), {}, True, "item")


def set_item(x, index, value):
    if not is_array(x):
        x[index] = value
        return
    text, values = index_text(index)
    names = "".join(f", i{i}" for i in range(len(values)))
    source = f"def call(x, v{names}):\n    x[{text}] = v\n"
    run(source, (x, value, *values), {}, False, "item")


def augment_item(symbol, x, index, value):
    if not is_array(x):
        x[index] = IN_PLACE[symbol](x[index], value)
        return
    text, values = index_text(index)
    names = "".join(f", i{i}" for i in range(len(values)))
    source = f"def call(x, v{names}):\n    x[{text}] {symbol} v\n"
    run(source, (x, value, *values), {}, False, "item")
