"""Text and tuples among the arguments: guards hold their values, a result is the call's own object.

Each is stood for by an equal object of its own, so that it can be told from all others while the
function is recorded.
"""

from typing import Any

from braze.record.sources import Source


def stand_in(recorder: Any, source: Source, value: Any) -> Any:
    """Return what stands for a plain value that is guarded."""
    made = another(value)
    if made is not value:
        recorder.given[id(made)] = (made, source, value)
    return made


def another(value: Any) -> Any:
    """Return an equal object where Python has several."""
    if type(value) in (str, bytes) and len(value) > 1:
        return value[:1] + value[1:]
    if type(value) is tuple and value:
        return (*value,)  # noqa: C409
    if type(value) is range:
        return range(value.start, value.stop, value.step)
    if type(value) is slice:
        return slice(value.start, value.stop, value.step)
    return value


def found(recorder: Any, result: Any) -> tuple | None:
    """Return how a result that was given is had again; None of others.

    What an object held may be another thing once the function has assigned to it.
    """
    known = recorder.given.get(id(result))
    if known is None:
        return None
    _, source, first = known
    return ("const", first) if source.steps and recorder.written else ("found", source)
