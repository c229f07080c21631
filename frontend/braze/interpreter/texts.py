"""Text and bytes whose characters are read when the function runs: arrays of code points.

Short text is fixed under a guard, as other plain objects are. Long text, and text that was another
in earlier versions, is an input: ``for ch in s``, ``s[i] == t[j]``, ``ord(s[i])``, ``len(s)``. What
needs the text itself is refused; then it is fixed after all.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from braze.arrays.arithmetic import cast, python_number
from braze.errors import refuse, said
from braze.interpreter.loops.rows import Rows, row_of
from braze.record.sources import is_plain
from braze.record.value import OfValues, Value, is_value

LONG = 64  # characters that are not fixed
ASCII = 128


def codes_of(text: Any) -> np.ndarray:
    """Return the code points of a text, or the numbers in bytes."""
    if isinstance(text, str):
        return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return np.frombuffer(bytes(text), np.uint8)


def is_single(text: Any) -> bool:
    """Tell whether an axis of size 1 stands for a text."""
    return len(text) == 1


def text_of(codes: np.ndarray) -> str:
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


class Text(OfValues):
    """A str, bytes or bytearray from outside, or a part of one."""

    def __init__(self, codes: Value, kind: type, source: Any = None) -> None:
        self.source = source  # where it comes from, whole
        self.codes = codes
        self.kind = kind
        self.held = []  # no list that a loop makes

    def as_array(self) -> Value:
        raise refuse(f"a {self.kind.__name__} as an operand")

    def as_rows(self) -> Rows:
        """Return the characters for a loop over them."""
        return Rows(self.codes.dims[0], lambda k: self.character(row_of(self.codes, k)))

    def character(self, code: Value) -> Any:
        number = python_number(code, "i64")
        return Char(number) if self.kind is str else number

    def item(self, key: Any) -> Any:
        """Return a character or a part."""
        if isinstance(key, slice):
            if self.kind is bytearray:
                raise refuse("a slice of a bytearray")
            return Text(self.codes[key], self.kind)
        return self.character(self.codes[key])

    def count(self) -> Any:
        return Value.of_size(self.codes.recorder, self.codes.dims[0])


class Char(OfValues):
    """A character of a text, by its code point."""

    def __init__(self, code: Value) -> None:
        self.code = code
        self.held = []

    def as_array(self) -> Value:
        raise refuse("a character as an operand")


def lift_text(recorder: Any, source: Any, text: Any) -> Text | None:
    """Return what stands for a text from outside; None if it is rather fixed."""
    changes = recorder.texting or len(text) > LONG or source.key() in recorder.changing
    if type(text) is not bytearray and (recorder.fixing or not changes):
        return None
    recorder.loose = True
    recorder.guard(source.through(is_single), "value", is_single(text))
    if source.steps or source.root[0] != "arg":
        recorder.guard(source, "like", text)
    return Text(recorder.input(source.through(codes_of), codes_of(text)), type(text), source)


def asking(recorder: Any) -> Any:
    """Return the refusal of a character of a fixed text at a place that only the run knows."""
    error = refuse("a character of a text that only the run knows")
    if recorder.texting is None:
        error.texts = True
    return error


def is_text(value: Any) -> bool:
    return isinstance(value, (Text, Char))


def python_type(value: Any) -> type:
    return value.kind if isinstance(value, Text) else str


# Comparing


def compare(frame: Any, name: str, a: Any, b: Any) -> Any:
    """Compare characters, or whole texts for equality."""
    if isinstance(a, Text) or isinstance(b, Text):
        return same_text(frame, name, a, b)
    codes = [x.code if isinstance(x, Char) else code_of(x) for x in (a, b)]
    if None in codes:
        if name in ("eq", "ne"):
            return name == "ne"
        raise refuse("a comparison of characters with text")
    from braze.arrays.arithmetic import binary

    return binary(frame.recorder, name, *codes)


def code_of(text: Any) -> int | None:
    """Return the code point of a plain text, if it is one character."""
    return ord(text) if type(text) is str and len(text) == 1 else None


def same_text(frame: Any, name: str, a: Any, b: Any) -> Any:
    parts = [x.codes if isinstance(x, Text) else codes_of(x) if type(x) is str else None
             for x in (a, b)]  # fmt: skip
    kinds = [python_type(x) if is_text(x) else type(x) for x in (a, b)]
    if any(part is None for part in parts) or name not in ("eq", "ne") or set(kinds) != {str}:
        raise refuse("a comparison of text")
    sizes = [p.dims[0] if is_value(p) else len(p) for p in parts]
    if not frame.recorder.decide("zero", sizes[0] - sizes[1]):
        return name == "ne"
    parts = [p if is_value(p) else frame.recorder.constant_array(p) for p in parts]
    equal = np.equal(*parts).all()
    equal = python_bool(equal if name == "eq" else np.logical_not(equal))
    return equal


def python_bool(truth: Value) -> Value:
    from braze.record.either import pythons

    return pythons(truth)


def contains(frame: Any, container: Any, item: Any) -> Any:
    """Return whether a character is among those of a text or container that is known."""
    if not isinstance(item, Char):
        raise refuse("the operator `in` on values that are known only when the function runs")
    if isinstance(container, Text) and container.kind is str:
        return python_bool(np.equal(container.codes, cast(item.code, "u32")).any())
    known = type(container) is str or frame.session.transparent(container)
    if not known or not isinstance(container, (str, tuple, list, set, frozenset, dict)):
        raise refuse(f"the operator `in` on a {said(container)}")
    from braze.interpreter import flow

    result: Any = False
    for one in container:
        if not (is_plain(one) or isinstance(one, Char)):
            raise refuse("the operator `in` on values that are known only when the function runs")
        equal = compare(frame, "eq", item, one)
        if is_value(equal):
            result = flow.either(frame, result, equal, True) if is_value(result) else equal
    return result


# Methods


class TextMethod:
    """A method of a text or character."""

    def __init__(self, of: Any, name: str) -> None:
        self.of = of
        self.name = name

    def __call__(self, frame: Any, *args: Any) -> Any:
        if self.name in TESTS and not args and isinstance(self.of, Char):
            return python_bool(looked_up(frame, TESTS[self.name], self.of.code))
        if self.name in CASES and not args and isinstance(self.of, Char):
            return Char(python_number(looked_up(frame, CASES[self.name], self.of.code), "i64"))
        if self.name in CASES and not args and self.of.kind is str:
            return Text(looked_up(frame, CASES[self.name], self.of.codes), str)
        single = len(args) == 1 and isinstance(self.of, Text) and code_of(args[0]) is not None
        if self.name == "count" and single and self.of.kind is str:
            same = np.equal(self.of.codes, np.uint32(ord(args[0])))
            return python_number(np.sum(same), "i64")
        raise refuse(f"the method {self.name} of text that is known only when the function runs")


def looked_up(frame: Any, table: np.ndarray, codes: Value) -> Value:
    """Return what a table says of code points; those beyond ASCII are left to Python."""
    found = frame.recorder.constant_array(table)
    return found[codes]


def table(function: Callable[[str], Any], dtype: type) -> np.ndarray:
    return np.array([function(chr(code)) for code in range(ASCII)], dtype)


TESTS = {
    name: table(getattr(str, name), np.bool_)
    for name in ("isalpha", "isdigit", "isalnum", "isspace", "isupper", "islower", "isdecimal",
                 "isnumeric", "isascii")
}  # fmt: skip
CASES = {
    method.__name__: table(lambda c, method=method: ord(method(c)), np.uint32)
    for method in (str.upper, str.lower, str.swapcase)
}
DIGITS = table(lambda c: ord(c) - ord("0") if c.isdigit() else 2**31, np.int64)


def digit(frame: Any, char: Char) -> Value:
    """Record ``int(ch)`` of a digit; anything else is left to Python."""
    inside = looked_up(frame, DIGITS, char.code)
    number = python_number(inside, "i64")
    beyond = frame.recorder.add("less", [frame.recorder.operand(9), number])
    return frame.recorder.checked(number, beyond)


def ord_(frame: Any, char: Any) -> Any:
    if isinstance(char, Char):
        return char.code
    if isinstance(char, Text):
        raise refuse("ord() of text")
    return ord(char)


def chr_(frame: Any, code: Any) -> Any:
    if not is_value(code):
        return chr(code)
    if code.kind != "python" or code.dtype_name != "i64":
        raise refuse("chr() of what is no int")
    recorder = frame.recorder
    beyond = [recorder.add("less", [code, recorder.operand(0)]),
              recorder.add("less", [recorder.operand(0x10FFFF), code])]  # fmt: skip
    return Char(recorder.checked(code, recorder.add("logical_or", beyond)))


def joined(frame: Any, separator: str, items: Any) -> Text:
    """Return the text that a list of characters makes, which a loop has made."""
    from braze.interpreter.lists.grown import Grown
    from braze.interpreter.loops.generators import Generator, as_list
    from braze.interpreter.merge import CharAt

    made = as_list(frame, items) if isinstance(items, Generator) else items
    chars = isinstance(made, Grown) and made.skeleton == CharAt(0)
    if separator != "" or not chars:
        raise refuse("a call of str.join")
    made.check_closed()
    return Text(made.rows[0], str)


def concatenated(a: Any, b: Any) -> Text:
    if not (isinstance(a, Text) and isinstance(b, Text) and a.kind is b.kind is str):
        raise refuse("an operator on text that is known only when the function runs")
    return Text(np.concatenate([a.codes, b.codes]), str)
