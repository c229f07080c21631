"""Recording a call of a function by script or by trace: a graph, its inputs, guards and result."""

import enum
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from braze.arrays import reshaping
from braze.arrays.eager import draws
from braze.dispatch.arguments import Place as Given
from braze.dispatch.arguments import bind, lift_arguments
from braze.dispatch.callables import Held, opened
from braze.dispatch.results_apart import check_objects, of_twin
from braze.errors import Place, Unsupported, refuse, said
from braze.interpreter.frame import Frame, Session
from braze.interpreter.lists import grown, vectors, wishes
from braze.interpreter.lists.grown import Grown
from braze.interpreter.objects import Objects, as_objects
from braze.interpreter.outside import written
from braze.interpreter.source_code import source_of
from braze.interpreter.statements import run_function
from braze.interpreter.texts import Char, Text, text_of
from braze.interpreter.ways.frozen import Frozen, structure_of
from braze.interpreter.ways.oneof import OneOf, picked
from braze.record import given
from braze.record.either import is_either
from braze.record.listed import Listed
from braze.record.recorder import Recorder
from braze.record.records import attributes_of, is_named_tuple, is_record, rebuild
from braze.record.signatures import guard_defaults
from braze.record.sources import Guard, Source, core_source, is_plain
from braze.record.storage import is_reshaped, origin, own_node
from braze.record.value import Value, is_value
from braze.record.warned import warnings_here
from braze.tracing.trace import TRACED, run_trace


@dataclass(eq=False, repr=False)
class Recording:
    """What one call of a function did."""

    mode: str
    graph: Any
    inputs: list[Source]
    guards: list[Guard]
    structure: tuple
    # To whom the parts of the result behind the first are given: by name, or by a function.
    written: list[tuple[Source, Any]]
    notes: list[str]
    sizes: dict[str, int]
    branches: list[Any] = field(default_factory=list)  # decisions that a trace recorded


def record(
    function: Callable,
    args: tuple,
    kwargs: dict,
    mode: str,
    changing: frozenset = frozenset(),
    decide: bool = False,
) -> Recording:
    """Record a call; Unsupported, with the place, where it cannot be.

    The numbers that are called `changing`, and those from outside that the function assigns, are
    not fixed at their values of this call. If a trace may `decide`, it records each way that a
    decision on values can go.
    """
    first: Unsupported | None = None
    fixing, texting, wished, kept, patient = False, None, {}, frozenset(), False
    listed = Listed(mode == "script")
    while True:
        recorder = Recorder(
            changing=changing, fixing=fixing, texting=texting, vectors=wished, keeping=kept
        )
        recorder.patient = patient
        recorder.listed.wanted, recorder.listed.changing = listed.wanted, listed.changing
        try:
            return record_into(recorder, function, args, kwargs, mode, decide)
        except Unsupported as error:
            first = first or error
            if (more := wishes.more(wished, error, recorder)) is not None:
                wished, first = more, None
            elif (key := getattr(error, "changed_list", None)) not in (None, *listed.changing):
                listed.changing, first = listed.changing | {key}, None
            elif recorder.listed.used and not hasattr(error, "too_long"):
                listed.wanted, wished, texting, first = False, {}, None, None
            elif mode == "script" and keeps_more(error, kept):
                kept |= error.keep
            elif texting or (texting is None and hasattr(error, "texts")):
                texting, wished = not texting, {}
            elif recorder.loose and not fixing:
                fixing, wished = True, {}
            elif recorder.patient is None and not hasattr(error, "too_long"):
                patient, wished, first = True, {}, None
            else:
                raise first from None


MOST_KEPT = 32  # places of one function at which values are computed that nothing uses


def keeps_more(error: Unsupported, kept: frozenset) -> bool:
    """Tell whether a recording may do better if it keeps a value that nothing uses."""
    return len(kept) < MOST_KEPT and not getattr(error, "keep", kept) <= kept


def record_into(
    recorder: Recorder, function: Callable, args: tuple, kwargs: dict, mode: str, decide: bool
) -> Recording:
    """Record a call into a new recorder."""
    function, bound = begun(recorder, function, args, kwargs)
    for name in recorder.changing:
        if isinstance(name, str) and is_value(bound.get(name)):
            bound[name].source = None
    try:
        # What is computed while recording is no part of the calls, so it must not warn.
        with np.errstate(all="raise", under="ignore"), warnings_here("error"):
            if mode == "script":
                result = run_script(recorder, function, bound)
            else:
                result = run_trace(recorder, function, bound, decide)
        structure = ended(recorder, result)
    except RecursionError as error:
        raise refuse("a recursion") from error
    except (FloatingPointError, Warning) as error:
        raise refuse(f"constants that raise {type(error).__name__}: {error}") from error
    except Unsupported as error:
        if getattr(error, "place", None) is None:
            error.place = traced_place(error) if recorder.tracing else recorder.place
        raise
    finally:
        recorder.closed = True
    recorder.let_go()
    return Recording(
        mode,
        recorder.graph,
        recorder.inputs,
        recorder.guards,
        structure,
        [(source, name) for source, name, _ in recorder.written],
        recorder.notes,
        recorder.sizes,
        recorder.branches,
    )


def begun(
    recorder: Recorder, function: Callable, args: tuple, kwargs: dict
) -> tuple[types.FunctionType, dict[str, Any]]:
    """Return the function that is recorded, and its arguments as values."""
    callable_ = opened(function)
    function = callable_.function
    recorder.graph.name = function.__name__ if function.__name__.isidentifier() else ""
    for guard in callable_.guards:
        recorder.guard(guard.source, guard.kind, guard.expected)
    places = bind(callable_, args, kwargs)
    if not all(isinstance(place, (Given, Held)) for place in places.values()):
        guard_defaults(recorder, function)
    return function, lift_arguments(recorder, places, [*args, *kwargs.values()])


def ended(recorder: Recorder, result: Any) -> tuple:
    """Make a result, and what is written to attributes and arguments, the results of the graph.

    Returns how Python's objects are built of them.
    """
    results: list = []
    seen: dict = {}
    recorder.written = [*recorder.written, *reshaping.written(recorder)]
    structure = flatten_parts(recorder, result, results, seen)
    if recorder.written:
        values = [value for *_, value in recorder.written]
        refuse_twins(recorder, (result, *values), set())
        parts = [flatten(recorder, value, results, seen) for value in values]
        structure = ("tuple", [structure, *parts])
    recorder.close_checks()
    grown.check_items(recorder.lists, [entry[-1] for entry in seen.values()])
    results += store_arguments(recorder, results, seen)
    recorder.check_spread()
    recorder.check_aligned()
    recorder.graph.set_results(0, recorder.risks.settle(recorder.graph, results))
    return structure


def store_arguments(recorder: Recorder, results: list[int], seen: dict) -> list[int]:
    """Write changed arguments back, behind all else; results that are or show them follow."""
    changed = recorder.storage.changed_arguments()
    stores = []
    for root, parameter in changed:
        ref = recorder.graph.add(0, "store", [parameter, root.ref], {}, None)
        recorder.storage.change(root, ref)
        stores.append(ref)
    for number, *_, value in seen.values():
        if value.is_array and any(origin(value) is root for root, _ in changed):
            results[number] = value.ref
    return stores


def traced_place(error: BaseException) -> Place | None:
    """Return the innermost line of the traced function that an exception came through."""
    place = None
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_globals.get("__name__") == TRACED:
            code = step.tb_frame.f_code
            place = Place(code.co_filename, step.tb_lineno, 1, 0, code.co_name)
        step = step.tb_next
    return place


def run_script(recorder: Recorder, function: types.FunctionType, bound: dict[str, Any]) -> Any:
    """Interpret the function's source."""
    source = source_of(function)
    recorder.place = Place(
        source.file, source.node.lineno, source.node.col_offset + 1, 0, source.name
    )
    code = function.__code__
    cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
    session = Session(recorder)
    frame = Frame(
        session,
        source,
        bound,
        function.__globals__,
        cells,
        None,
        frozenset(code.co_varnames + code.co_cellvars),
    )
    for value in bound.values():  # **kwargs is the function's own
        if type(value) is dict and id(value) not in recorder.containers:
            session.own(value)
    session.stack.append(frame)
    try:
        result = run_function(frame)
        draws.close(recorder)
        recorder.written = written(session)
    finally:
        session.let_go()
    return result


def flatten_parts(recorder: Recorder, result: Any, results: list[int], seen: dict) -> tuple:
    """Flatten a result; what is refused of a tuple says which part of it it is."""
    whole = type(result) is not tuple or id(result) in recorder.containers
    whole = whole or id(result) in recorder.given
    parts = []
    containers: set[int] = set()
    for i, part in enumerate([result] if whole else result):
        try:
            refuse_twins(recorder, part, containers)
            parts.append(flatten(recorder, part, results, seen))
        except Unsupported as error:
            error.part = i
            raise
    if whole:
        return parts[0]
    return ("tuple", parts)


def refuse_twins(recorder: Recorder, result: Any, containers: set[int]) -> None:
    """Refuse a list, tuple, dict or instance that stands in a result twice: it would become two."""
    made = is_record(recorder, result)
    found = id(result) in recorder.containers or id(result) in recorder.given
    held = isinstance(result, (list, dict)) or (isinstance(result, tuple) and not is_plain(result))
    if (held and not found) or made or id(result) in recorder.shown:
        if id(result) in containers:
            raise refuse(f"returning the same {said(result)} twice")
        containers.add(id(result))
    held = attributes_of(result) if made else result
    if isinstance(held, (list, dict, tuple)):
        for part in held.values() if isinstance(held, dict) else held:
            refuse_twins(recorder, part, containers)


def own_contents(root: Value) -> None:
    """Give a result its own memory, if it is one node with an equal array, or may become one."""
    ref = own_node(root)
    root.twin = False
    if ref != root.ref:
        root.recorder.storage.change(root, ref)


def flatten(recorder: Recorder, result: Any, results: list[int], seen: dict) -> tuple:
    """Append the values in a result to `results`; return how Python's object is built of them.

    The same value twice is one result, so that it is one object; two arrays that the graph holds
    as one node are made two by a copy, or two views of one memory if they are views.
    """
    if is_either(result):
        results += [result.ref, result.either.flag.ref]
        return ("either", len(results) - 2, len(results) - 1, result.either.types)
    if is_value(result):
        return flatten_value(recorder, result, results, seen)
    if isinstance(result, OneOf):
        parts = [flatten(recorder, part, results, seen) for part in (result.which, *result.items)]
        return ("call", picked, parts)
    if (same := given.found(recorder, result)) is not None:
        return same if same[0] == "const" else ("found", core_source(same[1]))
    if isinstance(result, (Char, Text, vectors.Vector, Grown)):
        return flatten_many(recorder, result, results, seen)
    found = recorder.containers.get(id(result)) or recorder.origins.get(id(result))
    if found is not None:
        return ("found", core_source(found[1]))
    if id(result) in recorder.steady and not is_plain(result):
        return ("const", result)
    if isinstance(result, Objects):
        return ("call", as_objects, [flatten(recorder, result.result(), results, seen)])
    if isinstance(result, Frozen):
        parts = [flatten(recorder, part, results, seen) for part in result]
        return structure_of(result, parts)
    if type(result) in (tuple, list):
        parts = [flatten(recorder, part, results, seen) for part in result]
        return (type(result).__name__, parts)
    if type(result) is dict and all(is_plain(key) for key in result):
        parts = {key: flatten(recorder, part, results, seen) for key, part in result.items()}
        return ("dict", parts)
    if is_plain(result) or isinstance(result, enum.Enum):
        return ("const", result)
    if is_record(recorder, result) or is_named_tuple(result):
        held = attributes_of(result) if is_record(recorder, result) else dict(enumerate(result))
        parts = [flatten(recorder, part, results, seen) for part in held.values()]
        return ("call", rebuild(type(result), tuple(held)), parts)
    raise refuse(f"a result of type {said(result)}")


def is_view_of_argument(view: Value) -> bool:
    """Tell whether a view by numpy.ravel shows an argument in C order, under a guard."""
    reshapes = 0
    while view.made_by is not None:
        reshapes += view.made_by[0] == "reshape"
        last, view = view.made_by[0], view.made_by[1][0]
    if reshapes != 1 or last != "reshape" or not view.recorder.holds_order(view):
        return False
    view.recorder.guard(view.source, "order", None)
    return True


def flatten_value(recorder: Recorder, result: Value, results: list[int], seen: dict) -> tuple:
    """The same of an array or number."""
    if (before := reshaping.as_it_was(result)) is not None:
        result = before
    if (known := recorder.shown.get(id(result))) is not None and known[0] is result:
        return ("call", known[2], [flatten_value(recorder, known[1], results, seen)])
    if result.stands_for_view:
        raise refuse("returning a diagonal, a view along two axes", "return a copy of it")
    if result.perhaps_copied and not is_view_of_argument(result):
        raise refuse(
            "returning numpy.ravel of an argument, a view or a copy", "reshape(-1) is compiled"
        )
    if result.is_array and result.read_only and is_reshaped(result):
        raise refuse("returning a broadcast array that was reshaped, which NumPy may copy")
    if id(result) not in seen:
        if result.is_array:
            check_objects(result, [entry[-1] for entry in seen.values()])
            own_contents(origin(result))
        ref = result.ref
        is_view = result.is_array and (result.root is not None or result.another != "")
        twin = is_view and of_twin(result, [entry[-1] for entry in seen.values()])
        if twin:
            ref = recorder.graph.add(0, "copy", [ref], {}, None)
        while result.is_array and (twin or not is_view) and ref in results:
            ref = recorder.graph.add(0, "copy", [ref], {}, None)
        apart = is_view and result.root is None  # known when it runs: by chance it is a view
        seen[id(result)] = (len(results), is_view, apart, result.read_only, result)
        results.append(ref)
    return ("result", *seen[id(result)][:4])


def flatten_many(recorder: Recorder, result: Any, results: list[int], seen: dict) -> tuple:
    """The same of text and lists that are arrays while the function runs."""
    if isinstance(result, Char):
        return ("call", chr, [flatten(recorder, result.code, results, seen)])
    if isinstance(result, Text):
        if result.source is not None and not (result.source.steps and recorder.written):
            return ("found", core_source(result.source))
        if result.kind is not str:
            raise refuse(f"a {result.kind.__name__} as a result")
        return ("call", text_of, [flatten(recorder, result.codes, results, seen)])
    recorder.lists.append(result)
    if isinstance(result, vectors.Vector):
        made, arrays = result.made()
        return ("call", made, [flatten(recorder, rows, results, seen) for rows in arrays])
    parts = [flatten(recorder, rows, results, seen) for rows in result.rows]
    return ("call", result.made(), parts)
