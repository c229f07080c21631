"""What was different from version to version of a function: why there are several, in words."""

from collections.abc import Iterable
from typing import Any

from braze.dispatch.recording import Recording
from braze.record.sources import Guard, same_value, text_of

FREED = (int, float, str, bytes)  # what may become a run-time value
SHOWN = 5  # values of a guard


def holds(guard: Guard, given: tuple) -> bool:
    """Tell whether a guard on a value or an identity holds for these arguments."""
    try:
        found = guard.source.read(given)
    except (LookupError, AttributeError, TypeError, ValueError):
        return False
    if guard.kind == "is":
        return found is guard.expected
    if guard.kind in ("one", "apart"):
        return (found is guard.expected.read(given)) == (guard.kind == "one")
    return guard.kind != "value" or same_value(found, guard.expected)


def spelled(guard: Guard, names: tuple[str, ...]) -> str:
    """Return what a guard is about as the user calls it."""
    kind, *rest = guard.source.root
    text = str(guard.source)
    if kind == "arg" and rest[0] < len(names):
        return text.replace(f"argument {rest[0] + 1}", names[rest[0]], 1)
    return text.removeprefix("global ").removeprefix("variable ")


def value_text(guard: Guard) -> str:
    if guard.kind == "keys":
        count = guard.expected if isinstance(guard.expected, int) else len(guard.expected)
        return f"of {count} items"
    if guard.kind == "like":
        return f"a {type(guard.expected).__name__}"
    return text_of(guard.expected)


def were(name: str, values: Iterable[str]) -> str:
    """Return that something had these values."""
    distinct = list(dict.fromkeys(values))
    more = ", ..." if len(distinct) > SHOWN else ""
    return f"`{name}` was {', '.join(distinct[:SHOWN])}{more}"


def changes(recordings: list[Recording], names: tuple[str, ...]) -> list[str]:
    """Return what was different from one version to another: "`k` was 3, 4, 5"."""
    seen: dict[str, list[str]] = {}
    for recording in recordings:
        for guard in recording.guards:
            if guard.kind in ("is", "value", "keys", "like"):
                seen.setdefault(spelled(guard, names), []).append(value_text(guard))
    return [were(name, values) for name, values in seen.items() if len(set(values)) > 1]


def changing(recordings: list[Recording], given: tuple, fixed: int) -> dict[tuple, str]:
    """Return the numbers that versions were made for, `fixed` of them or more for other values.

    By the keys of the ways to them, with what is to be told.
    """
    wrong: dict[tuple, list[Guard]] = {}
    for recording in recordings:
        for guard in recording.guards:
            number = guard.kind == "value" and type(guard.expected) in FREED
            if number and not holds(guard, given):
                wrong.setdefault(guard.source.key(), []).append(guard)
    told = {
        key: f"{were(spelled(guards[0], ()), map(value_text, guards))}: now a run-time value"
        for key, guards in wrong.items()
    }
    return {key: told[key] for key, guards in wrong.items() if len(guards) >= fixed}


def run_time_values(names: Iterable[str], calls: list[dict[str, Any]]) -> list[str]:
    """Return of numbers that are no longer fixed what they were."""
    told = []
    for name in sorted(names):
        values = [repr(call[name]) for call in calls if name in call]
        told.append(f"{were(name, values)}: now a run-time value")
    return told
