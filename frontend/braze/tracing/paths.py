"""Decisions in a trace: each way is recorded, and they are joined to a tree of `if` nodes.

The traced function runs again for every way; what it does before a decision gives the same nodes
again, since equal nodes are one. A way that cannot be recorded, or is one too many, is a side exit:
the condition for it becomes a check, and a call for which it holds runs the plain function.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from braze.errors import Place, Unsupported, caller_place, refuse, said
from braze.interpreter import flow
from braze.interpreter.branches import items_of
from braze.interpreter.frame import Frame
from braze.interpreter.merge import (
    Leaves,
    is_another,
    nodes_of,
    own_memory,
    rebuild,
    same_skeleton,
    same_types,
)
from braze.record.recorder import Recorder
from braze.record.storage import State, share
from braze.record.value import Value, is_value

MOST_FORKS = 15  # of one trace, so at most 16 ways through it
MOST_RECORDED = 2500  # operations on all ways together, some 50 microseconds each


class Fork(BaseException):
    """The function asks for the truth of a value; no exception that its own code could handle."""

    def __init__(self, condition: Value, place: Place | None) -> None:
        super().__init__("a decision in a trace")
        self.condition = condition
        self.place = place


@dataclass(eq=False, repr=False)
class Branch:
    """A decision that was recorded: where, and the answers that stay in compiled code."""

    place: Place | None
    answers: tuple[bool, ...]

    def data(self) -> dict[str, Any]:
        """Return the decision as JSON has it."""
        file, line = (self.place.file, self.place.line) if self.place else (None, None)
        return {"file": file, "line": line, "answers": list(self.answers)}

    def __str__(self) -> str:
        where = f"{self.place.file}:{self.place.line}" if self.place else "an unknown place"
        if len(self.answers) == 2:
            return f"a decision at {where}: both ways are recorded"
        return f"a decision at {where}: recorded where it is {self.answers[0]}, else a side exit"

    def __repr__(self) -> str:
        return f"<{self}>"


@dataclass(eq=False, repr=False)
class Step:
    """An answer given on a path, and the body in which the function goes on."""

    answer: bool
    body: int | None  # None: the same body, since the other answer is a side exit


@dataclass(eq=False, repr=False)
class Way:
    """What a path led to: the result, what arrays hold, and when it must be left after all."""

    result: Any
    state: State
    exit: Any = False
    branches: list[Branch] = field(default_factory=list)


class Paths:
    """All paths of one traced function."""

    def __init__(self, recorder: Recorder, frame: Frame, run: Callable[[], Any]) -> None:
        self.recorder = recorder
        self.frame = frame
        self.run = run
        self.steps: list[Step] = []
        self.at = 0
        self.exit: Any = False
        self.forks = 0
        self.passed: list[Branch] = []  # decisions of this run behind the last fork there may be

    def result(self) -> Any:
        """Record every path and return what the function returns."""
        self.recorder.paths = self
        try:
            way = self.explore([])
        finally:
            self.recorder.paths = None
        self.recorder.body, self.recorder.parents = 0, []
        for root, ref, _ in way.state:
            self.recorder.storage.change(root, ref)
        if is_value(way.exit):
            self.recorder.assume_false(way.exit)
        self.recorder.branches = way.branches
        self.recorder.notes += list(dict.fromkeys(map(str, way.branches)))
        return decoded(way.result)

    def decide(self, value: Value) -> bool:
        """Answer for the path at hand whether a value is true."""
        condition = flow.truth(self.frame, value)
        if not is_value(condition):
            return condition
        if self.at == len(self.steps):
            if self.forks and self.recorder.risks.recorded > MOST_RECORDED:
                raise refuse(f"decisions that lead to more than {MOST_RECORDED} operations")
            if self.forks < MOST_FORKS:
                raise Fork(condition, caller_place())
            self.steps = [*self.steps, Step(False, None)]
            self.passed.append(Branch(caller_place(), (False,)))
        step = self.steps[self.at]
        self.at += 1
        if step.body is None:
            leaves = self.negated(condition) if step.answer else condition
            self.exit = leaves if self.exit is False else self.either(self.exit, leaves)
        else:
            self.recorder.parents.append(self.recorder.body)
            self.recorder.body = step.body
        return step.answer

    def negated(self, condition: Value) -> Value:
        return self.recorder.apply("logical_not", [condition])

    def either(self, a: Value, b: Value) -> Value:
        return self.recorder.apply("logical_or", [a, b])

    def explore(self, steps: list[Step]) -> Way:
        """Run the function along a path, and along those that it divides into."""
        recorder = self.recorder
        self.steps, self.at, self.exit, self.passed = steps, 0, False, []
        recorder.body, recorder.parents = 0, []
        recorder.fresh_of.clear()
        try:
            result = encoded(self.run())
            return Way(result, recorder.storage.undo(0), self.exit, self.passed)
        except Fork as fork:
            body, parents = recorder.body, list(recorder.parents)
            recorder.storage.undo(0)
            return self.divide(steps, fork, body, parents)
        except BaseException:
            recorder.storage.undo(0)
            raise

    def divide(self, steps: list[Step], fork: Fork, body: int, parents: list[int]) -> Way:
        """Record both ways of a decision; only one if the other cannot be."""
        recorder = self.recorder
        self.forks += 1
        ways: dict[bool, Way] = {}
        bodies: dict[bool, int] = {}
        refused: list[Unsupported] = []
        for answer in (True, False):
            bodies[answer] = recorder.graph.nest(body)
            recorder.risks.parents[bodies[answer]] = body
            try:
                ways[answer] = self.explore([*steps, Step(answer, bodies[answer])])
            except Unsupported as error:
                refused.append(error)
        if not ways:
            raise refused[0]
        if len(ways) == 2:
            recorder.body, recorder.parents = body, parents
            try:
                return self.join(fork, ways, bodies)
            except Unsupported:
                recorder.storage.undo(0)
        return self.one_way(steps, fork, min(ways))

    def one_way(self, steps: list[Step], fork: Fork, answer: bool) -> Way:
        """Record one way of a decision in place; the other is a side exit."""
        way = self.explore([*steps, Step(answer, None)])
        way.branches.insert(0, Branch(fork.place, (answer,)))
        return way

    def join(self, fork: Fork, ways: dict[bool, Way], bodies: dict[bool, int]) -> Way:
        """Record an `if` node that gives what either way gives."""
        recorder = self.recorder
        roots = {id(r): r for way in ways.values() for r, _, _ in way.state if r.source is not None}
        changed = list(roots.values())
        leaves, skeletons, fresh = {}, {}, {}
        exits = any(is_value(way.exit) for way in ways.values())
        for answer, way in ways.items():
            recorder.parents.append(recorder.body)
            recorder.body = bodies[answer]
            try:
                with recorder.storage.restored(way.state):
                    leaves[answer] = Leaves()
                    leave = (
                        recorder.operand(np.False_ if way.exit is False else way.exit)
                        if exits
                        else None
                    )
                    given = (way.result, leave)
                    skeletons[answer] = leaves[answer].take(self.frame, given)
                    fresh[answer] = [own_memory(self.frame, v) for v in leaves[answer].values]
                    refs = nodes_of(leaves[answer].values, fresh[answer], changed)
            finally:
                recorder.leave()
            recorder.graph.set_results(bodies[answer], refs)
        yes, no = leaves[True].values, leaves[False].values
        check_alike(skeletons, yes, no)
        for value, own in zip((*yes, *no), (*fresh[True], *fresh[False]), strict=True):
            if value.is_array and not own:
                share(value, changed)
        made = recorder.add("if", [fork.condition], then=bodies[True], otherwise=bodies[False])
        results = items_of(TraceFrame(self.frame), None, made, len(yes) + len(changed))
        for root, result in zip(changed, results[len(yes) :], strict=True):
            recorder.storage.change(root, result.ref)
        for result, a, b in zip(results, fresh[True], fresh[False], strict=False):
            result.fresh = a and b
            result.shared = not result.fresh
        for result, a, b, *own in zip(results, yes, no, fresh[True], fresh[False], strict=False):
            result.another = is_another(a, b, tuple(own))
        result, leave = rebuild(skeletons[True], results[: len(yes)])
        branches = [Branch(fork.place, (True, False)), *ways[True].branches, *ways[False].branches]
        return Way(result, recorder.storage.undo(0), leave if exits else False, branches)


class TraceFrame:
    """A frame for what has no place in a syntax tree."""

    def __init__(self, frame: Frame) -> None:
        self.recorder = frame.recorder

    def perform(self, node: None, action: Callable, *args: Any, **kwargs: Any) -> Any:
        return action(*args, **kwargs)


def check_alike(skeletons: dict[bool, Any], yes: list[Value], no: list[Value]) -> None:
    """Refuse results of two ways that are no one type, or that show one array twice."""
    alike = same_skeleton(skeletons[True], skeletons[False])
    if not alike or not all(map(same_types, yes, no)):
        raise refuse("results of different types on the ways of a decision")
    if any(value.either is not None for value in (*yes, *no)):
        raise refuse("a number that may be Python's or NumPy's on a way of a decision")
    for values in (yes, no):
        arrays = [id(value) for value in values if value.is_array]
        if len(set(arrays)) < len(arrays):
            raise refuse("the same array twice in the result of one way")


LIST, DICT = "$list", "$dict"


def encoded(result: Any, held: set[int] | None = None) -> Any:
    """Return a result with its lists and dicts as tuples, which can be joined.

    One that stands in it twice would become two.
    """
    held = set() if held is None else held
    if type(result) is tuple:
        return tuple(encoded(part, held) for part in result)
    if type(result) not in (list, dict):
        return result
    if id(result) in held:
        raise refuse(f"returning the same {said(result)} twice")
    held.add(id(result))
    if type(result) is list:
        return (LIST, *(encoded(part, held) for part in result))
    return (DICT, tuple(result), *(encoded(part, held) for part in result.values()))


def decoded(result: Any) -> Any:
    """Turn `encoded` around."""
    if type(result) is not tuple or not result or is_value(result[0]):
        return tuple(map(decoded, result)) if type(result) is tuple else result
    if result[0] == LIST:
        return [decoded(part) for part in result[1:]]
    if result[0] == DICT:
        return dict(zip(result[1], map(decoded, result[2:]), strict=True))
    return tuple(map(decoded, result))
