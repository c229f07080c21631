"""Comparisons of two values: `is`, `in`, `==` and the like."""

import ast
import operator
from typing import Any

import numpy as np

from braze.arrays.arithmetic import PYTHON, is_size, number_binary, size_of
from braze.errors import refuse, said
from braze.interpreter import flow, outside, special, texts
from braze.interpreter.frame import Frame
from braze.interpreter.identity import same_object
from braze.interpreter.lists import vectors
from braze.interpreter.lists.grown import Grown
from braze.interpreter.lists.wishes import wanting
from braze.interpreter.ways.oneof import OneOf, taken
from braze.record.either import bare, is_either, pythons
from braze.record.sources import is_plain
from braze.record.value import any_value, is_value

COMPARE = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq",
           ast.NotEq: "ne"}  # fmt: skip


def as_key(key: Any) -> Any:
    if is_value(key):
        key = key.static()
    if not is_plain(key):
        raise refuse(f"a key of type {said(key)}")
    return key


def compare_pair(frame: Frame, op: ast.cmpop, a: Any, b: Any) -> Any:
    if isinstance(op, (ast.Is, ast.IsNot)):
        same = same_object(frame, a, b)
        if not is_value(same):
            return same == isinstance(op, ast.Is)
        return same if isinstance(op, ast.Is) else frame.recorder.add("logical_not", [same])
    if isinstance(op, (ast.In, ast.NotIn)):
        if isinstance(b, (vectors.Vector, Grown)):
            held = vectors.contains(b, a)
            return held if isinstance(op, ast.In) else frame.recorder.add("logical_not", [held])
        if is_value(b) and b.is_array and is_one_number(a):
            found = frame.recorder.operand(pythons(compared(frame.recorder, "eq", b, a).any()))
            return found if isinstance(op, ast.In) else frame.recorder.add("logical_not", [found])
        if texts.is_text(a) or texts.is_text(b):
            found = texts.contains(frame, b, a)
            if isinstance(op, ast.In) or not is_value(found):
                return found if isinstance(op, ast.In) else not found
            return frame.recorder.add("logical_not", [found])
        if special.is_object(b):
            return special.contains(frame, b, a) == isinstance(op, ast.In)
        if outside.is_outside(frame.session, b):
            return outside.has_key(frame.session, b, as_key(a)) == isinstance(op, ast.In)
        if not (frame.session.comparable(b) and frame.session.comparable(a)):
            raise refuse(f"the operator `in` on a {said(b)} from outside")
        if any_value(a) or any_value(b):
            found = (
                equals_any(frame, a, b) if isinstance(b, (tuple, list, set, frozenset)) else None
            )
            if found is not None and (isinstance(op, ast.In) or not is_value(found)):
                return found == isinstance(op, ast.In) if not is_value(found) else found
            if found is not None:
                return frame.recorder.add("logical_not", [found])
            error = refuse("the operator `in` on values that are known only when the function runs")
            raise wanting(error, frame.recorder, b, False)
        return operator.contains(b, a) == isinstance(op, ast.In)
    if isinstance(a, OneOf) or isinstance(b, OneOf):
        return compare_one_of(frame, op, a, b)
    lists = [isinstance(x, (vectors.Vector, Grown)) for x in (a, b)]
    if any(lists) and isinstance(op, (ast.Eq, ast.NotEq)):
        return same_lists(frame, op, a, b)
    if texts.is_text(a) or texts.is_text(b):
        return texts.compare(frame, COMPARE[type(op)], a, b)
    if special.is_object(a) or special.is_object(b):
        return special.apply(frame, PYTHON[COMPARE[type(op)]], a, b)
    for operand in (a, b):
        if not frame.session.comparable(operand):
            raise refuse(f"a comparison of a {said(operand)}")
    if any_value(a) != is_value(a) or any_value(b) != is_value(b):
        return compare_tuples(frame, op, a, b)
    if not (is_value(a) or is_value(b)):
        return PYTHON[COMPARE[type(op)]](a, b)
    if a is None or b is None or isinstance(a, str) or isinstance(b, str):
        raise refuse("a comparison of an array with None or a string", "use `is None`")
    return compared(frame.recorder, COMPARE[type(op)], a, b)


def compared(recorder: Any, name: str, a: Any, b: Any) -> Any:
    """Compare numbers or arrays; of sizes that only the run knows it is the run that does."""
    if is_size(a) and is_size(b) and recorder.is_undecided(size_of(a) - size_of(b)):
        return number_binary(recorder, name, a, b)
    return PYTHON[name](a, b)


def ordered(frame: Frame, op: ast.cmpop, a: Any, b: Any, tested: bool = False) -> Any:
    """Compare two tuples of numbers: the first numbers that differ decide.

    What these give is NumPy's bool or Python's, which does not count if it is only tested.
    """
    if not (is_plain_tuple(a) and is_plain_tuple(b)) or len(a) != len(b) or not a:
        raise refuse("a comparison of containers of arrays")
    strict = ast.Lt() if isinstance(op, (ast.Lt, ast.LtE)) else ast.Gt()
    result: Any = not isinstance(op, (ast.Lt, ast.Gt))
    for x, y in zip(reversed(a), reversed(b), strict=True):
        same = equals(frame, x, y)
        if same is None:
            raise refuse("a comparison of containers of arrays")
        if same is True:
            continue
        less = compare_pair(frame, strict, x, y)
        if is_value(less) and (less.kind != "python" or is_either(less)) and not tested:
            raise refuse("a bool of Python or one of NumPy, as tuples decide that are compared")
        less = pythons(bare(less)) if is_value(less) else less
        if same is False:
            result = less
            continue
        operands = [pythons(same), *map(frame.recorder.operand, (result, less))]
        result = frame.recorder.add("where", operands)
    return result


def is_plain_tuple(value: Any) -> bool:
    """Tell whether this is a tuple that compares as tuples do."""
    return isinstance(value, tuple) and not is_value(value) and type(value).__eq__ is tuple.__eq__


MOST_EQUAL = 32  # items that a number is compared with one by one


def equals_any(frame: Frame, a: Any, items: Any) -> Any:
    """Record ``a in items`` for numbers, or tuples of them; None of others."""
    if not isinstance(items, (tuple, list, set, frozenset)) or len(items) > MOST_EQUAL:
        return None
    result: Any = False
    for item in items:
        one = equals(frame, a, item)
        if one is None:
            return None
        if not is_value(one):
            if one:
                return True
            continue
        one = pythons(one)
        result = one if result is False else frame.recorder.add("logical_or", [result, one])
    return result


def equals(frame: Frame, a: Any, b: Any) -> Any:
    """Return ``a is b or a == b`` of numbers and tuples: plain, or of the graph; None of others."""
    if a is b:
        return True
    if is_plain_tuple(a) and is_plain_tuple(b):
        if len(a) != len(b):
            return False
        result: Any = True
        for x, y in zip(a, b, strict=True):
            one = equals(frame, x, y)
            if one is None or one is False:
                return one
            if is_value(one):
                one = pythons(one)
                result = one if result is True else frame.recorder.add("logical_and", [result, one])
        return result
    if any(is_value(x) and (x.is_array or is_either(x)) for x in (a, b)):
        return None
    plain = [x for x in (a, b) if not is_value(x)]
    if any(isinstance(x, float) and x != x for x in plain):  # np.nan, say, may be the other too
        return None
    both = is_value(a) and is_value(b) and a.kind == b.kind
    if both and a.dtype_name.startswith("f") and a.dtype_name == b.dtype_name:
        # They may be one object, which equals itself though it is NaN.
        frame.recorder.assume_false(frame.recorder.add("not_equal", [a, a]))
    numbers = [is_value(x) or isinstance(x, (bool, int, float, np.generic)) for x in (a, b)]
    if all(numbers):
        return compare_pair(frame, ast.Eq(), a, b)
    if is_plain(a) and is_plain(b):
        return bool(a == b)
    if any(type(x) is tuple for x in (a, b)) and any(of_numpy(x) for x in (a, b)):
        return None  # NumPy compares with each item
    others = [type(x) in (tuple, str, bytes, type(None)) for x in (a, b)]
    known = all(n or o for n, o in zip(numbers, others, strict=True))
    return False if known and any(numbers) else None


def is_one_number(value: Any) -> bool:
    if is_value(value):
        return not value.is_array and not is_either(value)
    return isinstance(value, (bool, int, float, complex, np.number, np.bool_))


def of_numpy(value: Any) -> bool:
    return isinstance(value, np.generic) or (is_value(value) and value.kind != "python")


# Types whose objects say that they differ from every list.
NO_LISTS = (bool, int, float, complex, str, bytes, type(None), tuple, dict, set, frozenset, range)


def same_lists(frame: Frame, op: ast.cmpop, a: Any, b: Any) -> Any:
    """Compare lists that only the run knows, of which none may hold a NaN, which may be itself."""
    from braze.interpreter.builtins import prelude
    from braze.interpreter.builtins.iterators import grown_of
    from braze.interpreter.calls import inline

    for one in (a, b):
        if isinstance(one, (vectors.Vector, Grown, list)):
            continue
        if (is_value(one) and one.kind == "python") or type(one) in NO_LISTS:
            return isinstance(op, ast.NotEq)
        raise refuse(f"a comparison of a list with a {said(one)}")
    parts = []
    for one in (a, b):
        known = one.present() if isinstance(one, vectors.Vector) else None
        made = one.as_grown(known) if known else grown_of(frame, one)
        if "array" in made.kinds:
            raise refuse("a comparison of lists of arrays")
        for numbers in made.rows:
            if numbers.dtype_name.startswith("f"):
                frame.recorder.assume_false(np.isnan(numbers).any())
        rows = made.as_rows()
        parts += [rows, rows.count(frame)]
    same = inline(frame, frame.source.node, prelude.same_items, parts, {})
    if isinstance(op, ast.Eq) or not is_value(same):
        return same if isinstance(op, ast.Eq) else not same
    return frame.recorder.add("logical_not", [same])


def compare_one_of(frame: Frame, op: ast.cmpop, a: Any, b: Any) -> Any:
    """Compare one of several values: each with the other, if only equality is asked for."""
    if not isinstance(op, (ast.Eq, ast.NotEq)):
        return compare_pair(frame, op, taken(a), taken(b))
    one, other = (a, b) if isinstance(a, OneOf) else (b, a)

    def question(item: Any) -> Any:
        known = isinstance(item, str) or item is None or isinstance(other, str) or other is None
        if known and not isinstance(other, OneOf):
            alike = type(item) is type(other)
            return compare_pair(frame, ast.Eq(), item, other) if alike else False
        return flow.truth(frame, compare_pair(frame, ast.Eq(), item, other))

    same = one.asked(question)
    if isinstance(op, ast.Eq) or not is_value(same):
        return same if isinstance(op, ast.Eq) else not same
    return frame.recorder.add("logical_not", [same])


def compare_tuples(frame: Frame, op: ast.cmpop, a: Any, b: Any) -> bool:
    """Compare shapes, and tuples and lists of numbers, for equality, item by item."""
    if not isinstance(op, (ast.Eq, ast.NotEq)):
        return ordered(frame, op, a, b)
    if all(type(x) is list or is_plain_tuple(x) for x in (a, b)):
        if isinstance(a, list) != isinstance(b, list):
            return isinstance(op, ast.NotEq)
        a, b = tuple(a), tuple(b)
    elif any(x is None or type(x) is str for x in (a, b)) and not (is_value(a) or is_value(b)):
        return isinstance(op, ast.NotEq)
    if type(a) is not tuple or type(b) is not tuple:
        raise refuse("a comparison of containers of arrays")
    if any(is_value(x) and x.size_of is None for x in (*a, *b)):
        same = equals(frame, a, b)
        if same is None:
            raise refuse("a comparison of containers of arrays")
        if isinstance(op, ast.Eq) or not is_value(same):
            return same if isinstance(op, ast.Eq) else not same
        return frame.recorder.add("logical_not", [same])
    equal = len(a) == len(b)
    for x, y in zip(a, b, strict=False):
        one = x == y
        if is_value(one):
            raise refuse("a comparison of containers of arrays")
        equal = equal and bool(one)
    return equal == isinstance(op, ast.Eq)
