"""What NumPy's own tests found: compiled functions that gave another answer than NumPy."""

import array
import warnings

import numpy as np
import pytest
from edges import define

import braze


def both(source, *args):
    """Return what a text's function gives plainly, and compiled at the first and second call."""
    plain = define(source)
    compiled = braze.jit(plain)
    return plain(*args), compiled(*args), compiled(*args)


BASE = np.arange(10)


class Interface:
    __array_interface__ = BASE.__array_interface__


class Struct:
    __array_struct__ = BASE.__array_struct__


class Array:
    def __array__(self, dtype=None, copy=None):
        return BASE


class Sequence:
    def __len__(self):
        return 3

    def __getitem__(self, i):
        return BASE[:3][i]


@pytest.mark.parametrize("made", [
    Interface, Struct, Array, Sequence, lambda: memoryview(BASE), lambda: [memoryview(BASE)],
    lambda: array.array("l", [1, 2]), lambda: bytearray(8),
])  # fmt: skip
@pytest.mark.parametrize("name", ["asarray", "array"])
def test_contents_of_other_objects_are_read_at_each_call(made, name):
    given = made()
    plain, *compiled = both(f"def f(x):\n    return np.{name}(x)", given)
    for result in compiled:
        assert np.array_equal(result, plain) and result.dtype == plain.dtype
        assert np.may_share_memory(result, BASE) == np.may_share_memory(plain, BASE)
        assert type(result.base) is type(plain.base)


def test_a_buffer_that_changes():
    source = "def f(x):\n    return np.asarray(x) * 2"
    compiled, buffer = braze.jit(define(source)), bytearray(b"\1\2")
    assert compiled(buffer).tolist() == [2, 4]
    buffer[0] = 5
    assert compiled(buffer).tolist() == [10, 4]


@pytest.mark.parametrize("copy", [False, np.False_, None, True, np.True_])
@pytest.mark.parametrize("x", [3.0, np.float32(3), [1.0, 2.0], np.ones(3)])
def test_copies_that_are_asked_for(x, copy):
    plain = define("def f(x, c):\n    return np.array(x, copy=c)")
    compiled = braze.jit(plain)
    for _ in range(2):
        try:
            wanted = plain(x, copy)
        except ValueError as error:
            with pytest.raises(ValueError, match=str(error).splitlines()[0]):
                compiled(x, copy)
            continue
        got = compiled(x, copy)
        assert np.array_equal(got, wanted) and (got is x) == (wanted is x)


@pytest.mark.parametrize("line", [
    "x.copy('F')", "np.array(x, order='F')", "x.astype('f4', order='F')",
    "np.zeros((3, 4), order='F')", "np.ones_like(x, order='F')", "np.asfortranarray(x)",
])  # fmt: skip
def test_arrays_in_fortran_order_own_their_memory(line):
    plain, *compiled = both(f"def f(x):\n    return {line}", np.ones((3, 4)))
    for result in compiled:
        assert result.flags.owndata == plain.flags.owndata
        assert result.strides == plain.strides


@pytest.mark.parametrize("given", [[1], [[1]], (1,), [], np.ones(1), np.ones((1, 1)), [1, 2]])
@pytest.mark.parametrize("key", ["0", "i", "0, ...", "0:1", "0, None"])
def test_an_element_is_no_array(given, key):
    plain = define(f"def f(x, v, i):\n    x[{key}] = v")
    compiled = braze.jit(plain)
    for _ in range(2):
        outcomes = []
        for function in (plain, compiled):
            x = np.zeros(3)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    function(x, given, 0)
                except (ValueError, TypeError) as error:
                    outcomes.append((str(error), x.tolist()))
                else:
                    outcomes.append(x.tolist())
        assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("number", [255, 65535, 2**32 - 1, 2**63 - 1, -1, 2.5, 1e300])
def test_the_least_dtype_of_a_number(number):
    plain, *compiled = both("def f(x):\n    return np.min_scalar_type(x)", number)
    assert compiled == [plain, plain]


def test_dtypes_that_are_equal_and_not_the_same():
    given = {"names": ["a", "b"], "formats": ["i4", "f4"]}
    compiled = braze.jit(define("def f(a):\n    return np.promote_types(a, a)"))
    for dtype in (np.dtype(given), np.dtype(given)):
        assert compiled(dtype) is dtype


@pytest.mark.parametrize("code", ["q", "Q", "l", "L", "i", "I", "p", "P"])
def test_types_of_the_same_width(code):
    source = f"def f(x):\n    y = x.astype('{code}')\n    return y, y @ y, np.zeros(2, '{code}')"
    plain, *compiled = both(source, np.ones(3))
    for result in compiled:
        assert [type(r.dtype) for r in result] == [type(r.dtype) for r in plain]
        assert type(result[1]) is type(plain[1])


def test_an_array_that_warns_of_changes():
    compiled = braze.jit(define("def f(x):\n    x[1] = 10"))
    for _ in range(2):
        x = np.arange(10)
        x.flags._warn_on_write = True
        with pytest.warns(DeprecationWarning):
            compiled(x)


def test_a_choice_that_is_known_warns_of_the_other():
    compiled = braze.jit(define("def f(x, y):\n    return np.where(True, x, y)"))
    for _ in range(2):
        with pytest.warns(RuntimeWarning, match="overflow"):
            compiled(np.ones(2, "f4"), 1e150)
