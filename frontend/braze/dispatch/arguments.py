"""How the arguments of a call meet the parameters of a function, and what each becomes."""

import enum
import functools
from collections.abc import Iterable
from typing import Any

import numpy as np

from braze import _core
from braze.dispatch.callables import Held, Opened
from braze.errors import Unsupported, refuse, said
from braze.interpreter.lifting import lift_instance
from braze.interpreter.lists import given
from braze.interpreter.texts import lift_text
from braze.record.given import stand_in
from braze.record.recorder import Recorder
from braze.record.records import is_named_tuple, made_like
from braze.record.signatures import own_signature
from braze.record.slots import Copied
from braze.record.sources import IDENTITIES, Source, is_plain
from braze.record.specs import Spec
from braze.record.value import Value

NUMBERS = (bool, int, float, complex)
MOST_ITEMS = (
    2048  # of lists, tuples and dicts of one call, each of which costs some 0.1 ms to record
)


def signature_in(names: Iterable[str], given: tuple) -> tuple:
    """Return what dispatch distinguishes about a call, with these names of keyword arguments."""
    return tuple(names), tuple(map(signature_of, given))


def signature_of(value: Any) -> Any:
    """Return what dispatch distinguishes about an argument."""
    described = _core.describe(value)
    return type(value) if described is None else described


def bind(callable_: Opened, args: tuple, kwargs: dict) -> dict[str, Any]:
    """Return for each parameter the places of its arguments in the call, or its default.

    A place is an int that counts positional, then keyword arguments, as the dispatcher does; what
    the callable holds itself stands for itself.
    """
    signature = own_signature(callable_.function)
    places = {name: Place(len(args) + i) for i, name in enumerate(kwargs)}
    given = [*callable_.args, *(Place(i) for i in range(len(args)))]
    try:
        bound = signature.bind(*given, **{**callable_.kwargs, **places})
    except TypeError as error:
        remedy = "give the arguments of a call: f.explain(x, y)"
        raise refuse(f"a call that raises TypeError: {error}", remedy) from error
    for name, parameter in signature.parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            bound.arguments[name] = Keywords(bound.arguments.get(name, {}))
    bound.apply_defaults()
    return dict(bound.arguments)


class Place(int):
    """The place of an argument in a call."""


class Keywords(dict):
    """The places of the arguments of a `**` parameter; a plain dict is a default."""


def lift_arguments(recorder: Recorder, bound: dict[str, Any], given: list[Any]) -> dict[str, Any]:
    """Return for each parameter what stands for it while recording."""
    lifted = {}
    for name, part in bound.items():
        try:
            lifted[name] = lift_part(recorder, part, given)
        except Unsupported as error:
            error.parameter = name
            raise
    return lifted


def lift_part(recorder: Recorder, part: Any, given: list[Any]) -> Any:
    """Return what stands for an argument, for several, or for a default."""
    if isinstance(part, Place):
        return lift_argument(recorder, Source(("arg", int(part))), given[part])
    if type(part) is Held:
        return lift_argument(recorder, part.source, part.value)
    if type(part) is tuple:
        return tuple(lift_part(recorder, p, given) for p in part)
    if type(part) is Keywords:
        return {key: lift_part(recorder, p, given) for key, p in part.items()}
    return lift_default(recorder, part)


def lift_argument(recorder: Recorder, source: Source, value: Any) -> Any:
    """Make an input of an array or number; fix anything else by a guard."""
    if isinstance(value, Spec):
        return lift_spec(recorder, source, value)
    if type(value) is np.ndarray or type(value) in NUMBERS or isinstance(value, np.generic):
        return recorder.input(source, value)
    if type(value) in (str, bytes, bytearray):
        text = lift_text(recorder, source, value)
        if text is not None:
            return text
    if type(value) is list and (made := given.lift(recorder, source, value)) is not None:
        return made
    if isinstance(value, (tuple, list, dict)):
        recorder.items += len(value)
        if recorder.items + items_inside(recorder, value) > MOST_ITEMS:
            raise refuse(f"lists, tuples and dicts of more than {MOST_ITEMS} items in all")
    if is_plain(value):
        recorder.guard(source, "value", value)
        return stand_in(recorder, source, value)
    if type(value) in (tuple, list, dict) or is_named_tuple(value):
        return lift_container(recorder, source, value)
    if isinstance(value, enum.Enum):
        recorder.guard(source, "is", value)
        return value
    if isinstance(value, (list, tuple, dict, set, np.ndarray)):
        raise refuse(f"an argument of type {said(value)}")
    if isinstance(value, IDENTITIES) or type(value) is functools.partial:
        recorder.guard(source, "is", value)
        return value
    return lift_instance(recorder, source, value)


def items_inside(recorder: Recorder, value: Any) -> int:
    """Return how many items the lists in a list have that is to be read item by item."""
    if type(value) is not list or id(value) in recorder.listed or id(value) in recorder.copied:
        return 0
    return sum(len(v) for v in value if type(v) is list)


def lift_container(recorder: Recorder, source: Source, value: Any) -> Any:
    """Return a copy of a tuple, list or dict with inputs in place of its arrays and numbers."""
    made: Any
    if id(value) in recorder.appended:
        raise refuse("a list from outside that the function appends to and reads")
    if (listed := recorder.listed.found(value)) is not None:
        if listed[2].key() != source.key():
            recorder.guard(source, "one", listed[2])
        return listed[1]
    if (known := recorder.copied.get(id(value))) is not None:
        if known.source.key() != source.key():
            recorder.guard(source, "one", known.source)
        return known.made
    if source.steps or source.root[0] != "arg":
        recorder.guard(source, "like", value)
    if type(value) is dict:
        if not all(map(is_plain, value)):
            raise refuse("a dict as an argument whose keys are no numbers or strings")
        recorder.guard(source, "keys", tuple(value))
        made = {key: lift_argument(recorder, source.item(key), item) for key, item in value.items()}
    else:
        named = is_named_tuple(value)
        if not named:
            recorder.guard(source, "keys", len(value))
        items = [lift_argument(recorder, source.item(i), v) for i, v in enumerate(value)]
        made = made_like(value, items) if named else type(value)(items)
    recorder.containers[id(made)] = (made, source)
    if type(value) in (list, dict):
        recorder.copied[id(value)] = Copied(value, made, source, made.copy())
        recorder.origins[id(value)] = (value, source)
        recorder.owners.append(value)
    return made


def lift_default(recorder: Recorder, value: Any) -> Any:
    """Return a default, which belongs to the function and does not change."""
    if is_plain(value):
        return value
    if type(value) is np.ndarray:
        return recorder.input(Source(("const", value)), value)
    if type(value) is dict:  # which calls may change: read and assigned as an argument is
        return lift_container(recorder, Source(("const", value)), value)
    if isinstance(value, (list, dict, set, np.ndarray)):
        raise refuse(f"a default of type {said(value)}")
    return value


def lift_spec(recorder: Recorder, source: Source, spec: Spec) -> Value:
    """Make an input of which only the type is known."""
    key = source.key()
    if key not in recorder.seen:
        dims = [recorder.named_size(size) if isinstance(size, str) else size for size in spec.sizes]
        made = Value(recorder, recorder.graph.param(0, spec.kind, spec.dtype, dims))
        if spec.kind == "python":
            made.hint = {"b1": True, "i64": 2, "f64": 0.5}[spec.dtype]
        made.source = source
        recorder.seen[key] = made
        recorder.inputs.append(source)
    return recorder.seen[key]
