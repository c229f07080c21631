"""Objects from outside as the interpreter computes with them: inputs, or constants under guards."""

import enum
import functools
from typing import Any

import numpy as np

from braze.errors import refuse, said
from braze.interpreter.frame import Session
from braze.record import records
from braze.record.given import stand_in
from braze.record.recorder import Recorder
from braze.record.sources import IDENTITIES, Source, is_plain, many_items


def lift(session: Session, source: Source, value: Any, changes: bool = False) -> Any:
    """Return an object found outside as the interpreter computes with it, under a guard.

    A number that `changes` is an input of the graph.
    """
    recorder = session.recorder
    if type(value) is np.ndarray:
        return recorder.input(source, value)
    if type(value) in (int, float) and (changes or source.key() in recorder.changing):
        return recorder.input(source, value, fixed=False)
    if (known := recorder.copied.get(id(value))) is not None:
        if known.source.key() != source.key():
            recorder.guard(source, "one", known.source)
        return known.made
    if (listed := recorder.listed.found(value)) is not None:
        recorder.guard(source, "one", listed[2])
        return listed[1]
    if is_plain(value):
        recorder.guard(source, "value", value)
        return stand_in(recorder, source, value) if source.root[0] == "arg" else value
    if isinstance(value, np.ndarray):
        raise refuse(f"an array of type {said(value)}")
    if isinstance(value, (list, tuple)) and type(value) is not slice:
        return lift_sequence(recorder, source, value)
    if isinstance(value, set):
        raise refuse("a set from outside of the function", "use a tuple")
    if isinstance(value, enum.Enum):
        recorder.guard(source, "is", value)
        return value
    if source.root[0] == "arg" and not isinstance(value, (*IDENTITIES, functools.partial)):
        return lift_instance(recorder, source, value)
    recorder.guard(source, "is", value)
    recorder.steady[id(value)] = value
    if (found := recorder.origins.get(id(value))) is not None:
        recorder.guard(found[1], "is", value)  # it is read on that way
    return value


MOST_ITEMS = 64  # of a sequence from outside, each of which is guarded


def lift_sequence(recorder: Recorder, source: Source, value: Any) -> Any:
    """Return a list or tuple with arrays in it; every item is read again at each call."""
    from braze.dispatch.arguments import lift_container

    known = type(value) in (list, tuple) or records.is_named_tuple(value)
    if not known or len(value) > MOST_ITEMS:
        raise refuse(f"a {said(value)} of {len(value)} items from outside of the function")
    if many_items(value):
        raise refuse(f"a {said(value)} of lists of many items, from outside")
    key = (source.key(), "items")
    if key not in recorder.seen:
        recorder.seen[key] = lift_container(recorder, source, value)
    return recorder.seen[key]


def lift_instance(recorder: Recorder, source: Source, value: Any) -> Any:
    """Remember the way to an object found in an argument: its attributes are read on that way."""
    known = recorder.origins.get(id(value))
    if known is not None and known[1].key() != source.key():
        recorder.guard(source, "one", known[1])
    elif known is None and id(value) in recorder.steady:
        recorder.guard(source, "is", value)
    elif known is None:
        recorder.origins[id(value)] = (value, source)
        if source.steps:
            recorder.guard(source, "like", value)
    return value
