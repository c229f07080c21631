"""Text of values: of those that are known while compiling, or fixed by a guard."""

from typing import Any

from braze.errors import refuse, said
from braze.record.sources import is_plain
from braze.record.value import is_value


def format_static(value: Any, conversion: int, spec: str) -> str:
    value = fixed(value)
    convert = {ord("r"): repr, ord("s"): str, ord("a"): ascii}.get(conversion)
    return format(convert(value) if convert else value, spec)


def fixed(value: Any) -> Any:
    """Return a value with the numbers in it as they are; they are guarded then."""
    if is_value(value):
        if value.is_array or not value.can_be_static:
            raise refuse("text of a value that is known only when the function runs")
        return value.static()
    if type(value) is tuple:
        return tuple(map(fixed, value))
    if not is_plain(value):
        raise refuse(f"text of a {said(value)}")
    return value
