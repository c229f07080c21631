"""Programs that once gave another answer than NumPy, each in as few lines as show it."""

import warnings
import weakref

import numpy as np
import pytest
from edges import define
from exact import check

import braze


def outcome(function, args):
    try:
        return function(*args)
    except Exception as error:
        return type(error), str(error)


def twin(a):
    return a.copy(order="K") if isinstance(a, np.ndarray) else a


def same(source, *args, ulps=0):
    """Fail unless the function of a text gives what it gives plainly, twice."""
    plain = define(source)
    compiled = braze.jit(plain)
    for _ in range(2):
        mine, theirs = [twin(a) for a in args], [twin(a) for a in args]
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            wanted, got = outcome(plain, theirs), outcome(compiled, mine)
        check(got, wanted, source, ulps)
        check(mine, theirs, f"arguments of {source}")


def body(lines, parameters="x"):
    return f"def f({parameters}):\n" + "".join(f"    {line}\n" for line in lines.split("; "))


@pytest.mark.parametrize("columns", [128, 129, 256, 1000, 2000])
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_integer_sum_beside_a_sum_of_floats(columns, dtype):
    x = np.ones((3, columns), dtype)
    same(body("m = ~np.isnan(x); return m.sum(axis=1), (x * 2).sum(axis=1), x.max(axis=1)"), x)
    same(body("i = x.astype('i8') + 2; return i.prod(axis=1), i.sum(axis=1), x.sum(axis=1)"), x)
    same(body("return np.nanmean(x, axis=1)"), x)


@pytest.mark.parametrize(
    "name", ["sum", "mean", "var", "std", "max", "nanmean", "nanvar", "nanstd"]
)
@pytest.mark.parametrize("dtype", ["f4", "f8", "i8"])
def test_output_of_a_reduction(name, dtype):
    x = np.random.default_rng(0).random((5, 300)).astype("f4")
    same(body(f"return np.{name}(x, axis=1, out=o)", "x, o"), x, np.zeros(5, dtype))
    same(body(f"np.{name}(x, axis=1, out=o); return o * 2", "x, o"), x.astype(dtype), np.zeros(5))


@pytest.mark.parametrize("line", [
    "return np.argmax(x, axis=0, out=np.zeros(3))", "return np.var(x, ddof=1, correction=1)",
    "return np.nanvar(x, ddof=1, correction=1)", "return np.clip(x, 0)", "return x == None",
    "return np.array([1, -1], dtype=np.uint8)", "return np.full(3, 500, dtype=np.int8)",
    "return np.full_like(x.astype('i1'), 500)", "return np.concatenate([x[0, 0], 1], axis=None)",
    "return np.astype([1, 2], float)", "return np.equal(3, 4, dtype=object)",
])  # fmt: skip
def test_call_that_is_refused_as_numpy_does(line):
    same(body(line), np.arange(6, dtype="f4").reshape(2, 3))


def test_ellipsis_keeps_a_view():
    same(body("y = x[i, ..., 1]; y += 1; return y", "x, i"), np.ones((2, 3)), 1)
    same(body("return np.array([x[0], i], dtype='i1')", "x, i"), np.ones(2), 300)


@pytest.mark.parametrize("line", ["return x * 2", "return np.sort(x) + 1", "return x[i]"])
def test_arguments_are_not_kept(line):
    compiled = braze.jit(define(body(line, "x, i")))
    x, gone = np.ones((2, 3)), []
    weakref.finalize(x, gone.append, 1)
    compiled(x, [0, 1])
    del x
    assert gone


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("copy", [None, True, False])
def test_options_that_are_arguments(order, copy):
    source = body("return np.reshape(x, (3, 2), order=o, copy=c)", "x, o, c")
    for x in (np.arange(6).reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3))):
        same(source, x, order, copy)


@pytest.mark.parametrize("casting", ["safe", "equiv", "same_kind", "unsafe"])
@pytest.mark.parametrize("dtype", ["i8", "f4", "i1", "O"])
def test_numbers_cast_for_a_loop(dtype, casting):
    source = body(f"return np.add(x, y, dtype='{dtype}', casting='{casting}')", "x, y")
    same(source, 3.0, 4.0)
    same(source, np.array([3.0]), 4)
    same(source, np.array([3]), 300)


@pytest.mark.parametrize("into", ["i1", "u1", "i4", "i8", "f4", "?"])
@pytest.mark.parametrize("scalar", [
    np.int64(2**40), np.float64(2e12), np.float32("nan"), np.int8(-1), np.uint64(2**64 - 1),
    np.float64(2.5), np.uint16(300),
])  # fmt: skip
def test_item_set_to_a_numpy_scalar(into, scalar):
    for part in ("[0]", "[0, 1]", "[...]", "[a == 0]"):
        same(body(f"a{part} = x; return a + 1", "a, x"), np.zeros((2, 3), into), scalar)
    source = body("a[0] = a.sum() * k; return a * 2", "a, k")
    same(source, np.full((2, 3), 100, into), 3 if into != "?" else True)


def shared(source, *args):
    """Fail unless the results of a function share memory with each other as they do plainly."""
    plain = define(source)
    compiled = braze.jit(plain)
    for _ in range(2):
        found = []
        for function in (plain, compiled):
            result = function(*map(twin, args))
            found.append([[(x is y, np.shares_memory(x, y)) for x in result] for y in result])
        assert found[1] == found[0], source


@pytest.mark.parametrize("k", [0, 1, 3])
@pytest.mark.parametrize("lines", [
    "w = v * 1", "w = a * 2", "w = v", "w = v[::-1]", "w = v.copy()",
])  # fmt: skip
def test_arrays_of_a_branch_or_loop_are_their_own(lines, k):
    for header in ("if np.max(v) > k:", "for i in range(k):"):
        source = body(f"v = a * 2; w = v; {header};     {lines}; return v, w", "a, k")
        shared(source, np.ones(3), k)


@pytest.mark.parametrize("line", [
    "np.multiply(a, b, out=a, where=a)", "np.copyto(a, b, where=b)",
    "m = a > 1; np.multiply(m, b, out=m, where=m)", "return np.sum(a, where=b)",
])  # fmt: skip
def test_where_takes_bools_and_casts_as_out_does(line):
    same(body(line, "a, b"), np.arange(6.0).reshape(2, 3), np.ones((2, 3)))


def test_a_read_only_array_stays_so_in_loops():
    lines = "for i in range(k):;     a = np.broadcast_to(i, (2, 3)); a += b; return a"
    same(body(lines, "a, b, k"), np.ones((2, 3)), np.ones((2, 3)), 70)


@pytest.mark.parametrize("order", ["C", "F", "K"])
@pytest.mark.parametrize("options", ["", ", dtype='f4'", ", copy=None", ", copy=False"])
def test_order_of_a_made_array(order, options):
    source = body(f"return np.array(x, order='{order}'{options})")
    for x in ([[1, 2], [3, 4]], np.ones((2, 3)), np.ones((2, 3)).T):
        same(source, x)


def test_out_ellipsis_makes_arrays():
    same(body("return np.add(x, 2, out=...)"), 3)
    same(body("return np.add(x, 2, out=o)", "x, o"), np.array(3), ...)


class Counting:
    """An operand that overrides ufuncs and counts how often."""

    count = 0

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        self.count += 1
        return "counted"


@pytest.mark.parametrize("line", ["return np.multiply(c, a)", "return np.multiply(a, c)"])
def test_a_ufunc_that_an_operand_overrides(line):
    compiled, c = braze.jit(define(body(line, "c, a"))), Counting()
    assert [compiled(c, np.ones(1)) for _ in range(3)] == ["counted"] * 3
    assert c.count == 3


@pytest.mark.parametrize("line", [
    "return np.ascontiguousarray(x)", "return np.round(x.astype(int))", "return np.round(x)",
    "return np.ascontiguousarray(x[0, 0, 0])", "return np.int64(3).reshape(())",
    "return x[0, 0, 0].reshape(())", "return np.array(x, copy='no')",
])  # fmt: skip
def test_order_and_kind_of_copies(line):
    same(body(line), np.arange(24.0).reshape(2, 3, 4))
    same(body(line), np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1))


def test_what_errstate_binds_after_an_island():
    lines = (
        "v = k; w = b * 2 + 1; print(0.5, end=''); with np.errstate(all='ignore'):;     v = b * 2"
    )
    same(body(f"{lines}; return v, w", "b, k"), np.ones((3, 4)), 1)


def test_an_augmented_assignment_that_python_keeps():
    text = body(
        "z = np.ones(5); for i in range(5):;     for j in range(1):;         w = b[i:]; "
        "        w *= 0.5;         a[-1] = z;         if z.sum():;             continue",
        "a, b",
    )
    plain, compiled = define(text), braze.jit(define(text))
    mine, theirs = np.ones((2, 5, 5)), np.ones((2, 5, 5))
    assert compiled(*mine) is plain(*theirs)
    check(mine, theirs)
    assert "a fault of braze" not in str(compiled.stats()["reasons"])


@pytest.mark.parametrize(
    "index", ["None, i, ..., 3, i", "..., i, 0, i", "i, ..., i", "i, 2, i, ..."]
)
def test_an_ellipsis_for_no_axis_parts_index_arrays(index):
    x, i = np.arange(60.0).reshape(3, 4, 5), np.array([[0, 2, 1]])
    same(body(f"y = x[{index}]; x[{index}] = 1; return y", "x, i"), x, i)


def test_a_return_in_an_inner_loop_that_is_never_reached():
    text = body(
        "t = 0.0; for i in range(n):;     for j in range(m):;         t += x[j]; "
        "        if 1 > 2:;             return [t];     if t > 40: break; return t",
        "x, n, m",
    )
    for n, m in ((0, 2), (3, 0), (9, 2), (70, 4)):
        same(text, np.linspace(0.1, 0.9, 4), n, m)
    assert "a fault of braze" not in reasons(text, np.linspace(0.1, 0.9, 4), 9, 4)


def reasons(text, *args):
    compiled = braze.jit(define(text))
    compiled(*args)
    return str(compiled.stats()["reasons"])


def test_the_reciprocal_of_zero_does_not_convert_to_an_integer():
    """Where a division by zero is ignored, NumPy still tells of the infinity."""
    f = braze.jit(define(body("return np.reciprocal(x)")))
    for dtype in ("i1", "i4", "u8"):
        for settings in ({"divide": "ignore"}, {"divide": "ignore", "invalid": "ignore"}):
            with np.errstate(**settings), warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                f(np.array([0, 1], dtype))
            assert len(caught) == 2 - len(settings)


@pytest.mark.parametrize("text", ["np.array([])", "np.zeros((0, 3))", "x * 2", "np.full(0, 1.5)"])
def test_arrays_of_no_elements_own_their_data(text):
    made = braze.jit(define(body(f"return {text}")))(np.ones((0, 2)))
    assert made.flags.owndata and made.base is None


def test_kernels_that_need_each_other_are_not_merged():
    text = body(
        "z = x / s; y = a - z; c = a + b.copy(); r = c[0] - z; return y, c, r, z", "a, b, x, s"
    )
    args = np.ones((3, 4)), np.full((3, 4), 2.0), np.arange(4.0), 3.0
    same(text, *args)
    assert "a fault of braze" not in reasons(text, *args)


def test_round_of_a_numpy_bool_raises():
    same(body("return round(x[0])"), np.array([True, False]))


def test_places_in_spaces_of_no_axes_and_of_too_many_elements():
    same(body("return np.unravel_index(0, ())"), np.ones(2))
    same(body("return np.ravel_multi_index((x[0], x[1]), (2**62, 4))"), np.array([1, 2]))
    same(body("return np.unravel_index(x[0], (2**62, 4))"), np.array([1, 2]))


def test_an_item_that_was_a_tuple_and_is_a_number():
    """What was different from version to version asks for items of what has none."""

    def noted(log, x):
        pass

    @braze.jit
    def f(a, k, log):
        for _ in range(k):
            count = 1
            log.append(count)
        log.append(("event", a))
        noted(log, a)
        return a.mean()

    a = np.ones((3, 4))
    for given, k in ((a, 2), (a, 3), (a.astype(int), 2)):
        assert f(given, k, []) == 1
    assert not any("a fault of braze" in reason for reason in f.stats()["reasons"])


def test_more_axes_than_masked_elements_have():
    x = np.arange(12.0).reshape(3, 4) - 3
    same(body("x[x > 0] = x[1:2]; return x"), x)
    same(body("x[x > 0] = x[:1, :1]; return x"), x)
    same(body("x[x[:, 0] > 0] = x[1:2]; return x"), x)


def test_a_method_that_numpy_scalars_lack():
    same(body("return x.dot(2)"), np.float32(2))


@pytest.mark.parametrize("text", ["np.round(x)", "x.round(1)", "np.round(x, 0) + 1"])
def test_rounding_one_integer(text):
    same(body(f"return {text}"), np.array(3))


@pytest.mark.parametrize("text", ["np.where(m[i], x, x)", "np.where(m[i] > 0, x, x).sum()",
                                  "np.where(True, x, m[i])"])  # fmt: skip
def test_an_index_out_of_range_of_what_makes_no_difference(text):
    for i in (0, 1):
        same(body(f"return {text}", "m, x, i"), np.ones((1, 3)), np.arange(3.0), i)
    loop = "for k in range(2):\n        x[k] += np.where(m[i, 0], x[k], x[k])"
    for i in (0, 1):
        same(body(f"{loop}; return x", "m, x, i"), np.ones((1, 3)), np.arange(3.0), i)


@pytest.mark.parametrize("test", ["a[k]", "a[k] and i", "a[k] * 0 > 1 and i < 3", "i < 3 and a[k]"])
def test_an_index_out_of_range_in_the_test_of_a_loop_of_no_rounds(test):
    for k in (0, 5):
        source = f"i = 0\n    while {test}:\n        i += 1; return i" if "i <" in test else None
        source = source or f"i = 0\n    while {test}:\n        pass; return i"
        same(body(source, "a, k"), np.zeros(3), k)


def test_rows_that_are_made_before_a_loop_of_elements():
    source = (
        "r = 1 + a[n:n:2]\n    for i in range(2):\n        m[n:n:2, 2] = r\n        m[i, i] += 1"
    )
    same(body(f"{source}; return m", "a, m, n"), np.ones(5), np.ones((5, 5)), 5)
    source = source.replace("n:n:2", "0:n:2")
    same(body(f"{source}; return m", "a, m, n"), np.ones(5), np.ones((5, 5)), 5)


def shares(function, *args):
    first, second = function(*args)
    return first is second, np.shares_memory(first, second)


def test_an_array_that_a_branch_fills_with_another_is_another():
    plain = define(
        body("c = b.copy(); d = c.copy(); if b.sum():\n        d[:] = c; return c, d", "b")
    )
    compiled = braze.jit(plain)
    for b in (np.ones(3), np.zeros(3)):
        check(compiled(b), plain(b))
        assert shares(compiled, b) == shares(plain, b) == (False, False)


def test_ravel_of_what_a_loop_gives_is_a_view_where_it_is_numpys():
    inside = define(body("w = x; for i in range(n):\n        w = x.ravel()\n        x = x[0:1]; "
                         "return x, w", "x, n"))  # fmt: skip
    behind = define(body("for i in range(n):\n        x = x[0:2]; return x, x.ravel()", "x, n"))
    for plain in (inside, behind):
        compiled = braze.jit(plain)
        for x in (np.arange(9.0).reshape(3, 3), np.arange(4.0)):
            for n in (1, 3):
                assert shares(compiled, x, n) == shares(plain, x, n), n


def test_warnings_of_reductions_that_nothing_uses():
    for text in ("np.var(a)", "a.mean()", "a @ a", "np.std(a, axis=0)", "np.cumsum(a)", "a.dot(a)"):
        plain = define(body(f"unused = {text}; return a + 1", "a"))
        compiled = braze.jit(plain)
        for a in (np.ones(4), np.array([np.inf, -np.inf, 1e308, 1e308])):
            told = []
            for function in (plain, compiled):
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always")
                    function(a.copy())
                told.append([(w.category, str(w.message)) for w in caught])
            assert told[0] == told[1], text


def test_an_array_that_each_round_makes_anew_is_not_that_of_the_last():
    plain = define(body("v = x.T; w = v + 1; for i in range(n):\n        v, w = w, v\n"
                        "        v = v[1:]\n        w = -x; return v, w", "x, n"))  # fmt: skip
    for n in (3, 0, 1, 2, 7):
        compiled = braze.jit(plain)
        for x in (np.arange(9.0).reshape(3, 3), np.arange(4.0)):
            check(compiled(x, n), plain(x, n))
            assert shares(compiled, x, n) == shares(plain, x, n), n


def test_one_element_backwards_is_another_object():
    plain = define(body("v = np.zeros_like(r); 0 if s else 1; return v, v[::-1]", "r, s"))
    compiled = braze.jit(plain, mode="trace")
    for r in (np.ones(1), np.ones((1, 1)), np.ones(3)):
        assert shares(compiled, r, 0.5) == shares(plain, r, 0.5) == (False, True)
