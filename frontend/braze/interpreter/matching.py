"""`match`: patterns on values known while compiling, and comparisons of those that are not.

A case whose pattern matches or not, as is known, is taken or left; one that compares a number known
only when the function runs becomes an `if` with the other cases in its other way.
"""

import ast
from typing import Any

from braze.errors import said
from braze.interpreter import expressions, flow
from braze.interpreter.frame import Frame
from braze.interpreter.identity import same_object
from braze.interpreter.reading import load_attribute
from braze.record.value import is_value

SUBJECT = "$subject"
HOLDS = "$holds"


def as_if(frame: Frame, node: ast.Match) -> list[ast.stmt]:
    """Return the statements that stand for a `match`: a block, or an `if` with one in each way."""
    subject = expressions.evaluate(frame, node.subject)
    for i, case in enumerate(node.cases):
        bound: dict[str, Any] = {}
        holds = matches(frame, case.pattern, subject, bound)
        if is_value(holds) and (bound or case.guard):
            raise frame.refuse(case.pattern, "a pattern that binds names and a run-time comparison")
        if not is_value(holds) and not holds:
            continue
        for name, value in bound.items():
            flow.bind(frame, ast.copy_location(ast.Name(name, ast.Store()), case.pattern), value)
        if case.guard:
            holds = flow.test(frame, case.guard)
        if is_value(holds):
            return [chosen(frame, node, case, holds, subject, node.cases[i + 1 :])]
        if holds:
            return case.body
    return []


def chosen(
    frame: Frame, node: ast.Match, case: ast.match_case, holds: Any, subject: Any, rest: list
) -> ast.If:
    """Return an `if` on a condition that has been evaluated."""
    names = {f"{HOLDS}{id(case)}": holds, f"{SUBJECT}{id(case)}": subject}
    frame.names |= names
    test, again = (ast.Name(name, ast.Load()) for name in names)
    other: list[ast.stmt] = [ast.Match(again, rest)] if rest else []
    made = ast.copy_location(ast.If(test, case.body, other), node)
    for part in (test, again, *other):
        ast.copy_location(part, node)
    made.of_match = True
    return made


def matches(frame: Frame, pattern: ast.pattern, subject: Any, bound: dict[str, Any]) -> Any:
    """Return whether a pattern matches: a bool, or a condition of the graph. Collects its names."""
    if isinstance(pattern, ast.MatchValue):
        wanted = expressions.evaluate(frame, pattern.value)
        return frame.perform(pattern, equal, frame, subject, wanted)
    if isinstance(pattern, ast.MatchSingleton):
        return frame.perform(pattern, same_object, frame, subject, pattern.value)
    if isinstance(pattern, ast.MatchAs):
        holds = pattern.pattern is None or matches(frame, pattern.pattern, subject, bound)
        if pattern.name and holds is not False:
            bound[pattern.name] = subject
        return holds
    if isinstance(pattern, ast.MatchOr):
        return any_of(frame, pattern, subject, bound)
    if isinstance(pattern, ast.MatchSequence):
        return matches_sequence(frame, pattern, subject, bound)
    if isinstance(pattern, ast.MatchMapping):
        return matches_mapping(frame, pattern, subject, bound)
    return matches_class(frame, pattern, subject, bound)


def equal(frame: Frame, subject: Any, wanted: Any) -> Any:
    return flow.truth(frame, expressions.compare_pair(frame, ast.Eq(), subject, wanted))


def any_of(frame: Frame, pattern: ast.MatchOr, subject: Any, bound: dict[str, Any]) -> Any:
    result: Any = False
    for part in pattern.patterns:
        one = matches(frame, part, subject, bound)
        if is_value(one) and is_value(result):
            one = frame.perform(pattern, flow.either, frame, result, one)
        if is_value(one) or one:
            result = one
        if result is True:
            return True
    return result


def all_of(frame: Frame, pairs: list[tuple], bound: dict[str, Any]) -> Any:
    result: Any = True
    for pattern, item in pairs:
        one = matches(frame, pattern, item, bound)
        if one is False:
            return False
        if is_value(one):
            both = (result, one)
            result = one if result is True else frame.perform(pattern, flow.both, frame, *both)
    return result


def matches_sequence(frame: Frame, pattern: ast.MatchSequence, subject: Any, bound: dict) -> Any:
    if is_value(subject) or not isinstance(subject, (list, tuple, range)):
        if is_value(subject) or flow.is_static(frame, subject):
            return False  # arrays are no sequences for `match`
        raise frame.refuse(pattern, f"a pattern on a {said(subject)}")
    items = frame.perform(pattern, flow.static_items, frame, subject)
    stars = [i for i, part in enumerate(pattern.patterns) if isinstance(part, ast.MatchStar)]
    if not stars:
        if len(items) != len(pattern.patterns):
            return False
        return all_of(frame, list(zip(pattern.patterns, items, strict=True)), bound)
    at, after = stars[0], len(pattern.patterns) - stars[0] - 1
    if len(items) < at + after:
        return False
    star = pattern.patterns[at]
    if star.name:
        bound[star.name] = frame.session.own(items[at : len(items) - after])
    ends = [*items[:at], *items[len(items) - after :]]
    parts = [*pattern.patterns[:at], *pattern.patterns[at + 1 :]]
    return all_of(frame, list(zip(parts, ends, strict=True)), bound)


def matches_mapping(frame: Frame, pattern: ast.MatchMapping, subject: Any, bound: dict) -> Any:
    if type(subject) is not dict:
        if is_value(subject) or flow.is_static(frame, subject):
            return False
        raise frame.refuse(pattern, f"a pattern on a {said(subject)}")
    if not frame.session.readable(subject):
        raise frame.refuse(pattern, "a pattern on a dict from outside")
    keys = [expressions.evaluate(frame, key) for key in pattern.keys]
    if any(key not in subject for key in keys):
        return False
    if pattern.rest:
        rest = {k: v for k, v in subject.items() if k not in keys}
        bound[pattern.rest] = frame.session.own(rest)
    return all_of(
        frame, [(p, subject[k]) for p, k in zip(pattern.patterns, keys, strict=True)], bound
    )


# Classes of which a positional pattern is the subject itself.
SELF = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)


def matches_class(frame: Frame, pattern: ast.MatchClass, subject: Any, bound: dict) -> Any:
    from braze.interpreter.builtins.calls import isinstance_

    cls = expressions.evaluate(frame, pattern.cls)
    if not isinstance(cls, type):
        raise frame.refuse(pattern, "a pattern with something that is no class")
    if not frame.perform(pattern, isinstance_, frame, subject, cls):
        return False
    if cls in SELF and len(pattern.patterns) == 1:
        pairs = [(pattern.patterns[0], subject)]
    else:
        names = getattr(cls, "__match_args__", ())[: len(pattern.patterns)]
        if len(names) < len(pattern.patterns):
            raise frame.refuse(pattern, f"a pattern with parts of a {cls.__name__}")
        pairs = [
            (p, field(frame, p, subject, n)) for p, n in zip(pattern.patterns, names, strict=True)
        ]
    for name, part in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
        pairs.append((part, field(frame, part, subject, name)))
    return all_of(frame, pairs, bound)


def field(frame: Frame, pattern: ast.pattern, subject: Any, name: str) -> Any:
    return frame.perform(pattern, load_attribute, frame.session, subject, name)
