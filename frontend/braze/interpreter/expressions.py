"""Expressions of the script frontend: static ones are evaluated by Python, others recorded."""

import ast
import operator
from collections.abc import Callable
from typing import Any

from braze.arrays.arithmetic import NUMBER, PYTHON
from braze.errors import Unsupported, refuse, said
from braze.interpreter import attributes, branches, circuits, flow, outside, sets, special, texts
from braze.interpreter.calls import call, make_function
from braze.interpreter.comparisons import as_key, compare_pair
from braze.interpreter.formatting import fixed, format_static
from braze.interpreter.frame import Frame
from braze.interpreter.instances import Property
from braze.interpreter.items import Items
from braze.interpreter.lists import appended, vector_makers, vectors
from braze.interpreter.lists.grown import Grown
from braze.interpreter.reading import load_attribute, load_item, load_name
from braze.interpreter.ways.oneof import taken
from braze.record import trees
from braze.record.slots import MISSING
from braze.record.sources import is_plain
from braze.record.value import Value, is_value

BINARY = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv",
          ast.FloorDiv: "floordiv", ast.Mod: "mod", ast.Pow: "pow", ast.MatMult: "matmul",
          ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor", ast.LShift: "lshift",
          ast.RShift: "rshift"}  # fmt: skip
UNARY = {ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert}

LISTS = (list, Grown, vector_makers.Deque)
EXPRESSIONS: dict[type, Callable[[Frame, Any], Any]] = {}


def expression(*kinds: type) -> Callable:
    """Register the function as what evaluates these nodes."""

    def register(function: Callable) -> Callable:
        for kind in kinds:
            EXPRESSIONS[kind] = function
        return function

    return register


def evaluate(frame: Frame, node: ast.expr) -> Any:
    """Return the value of an expression: a plain object, or a `Value`."""
    handler = EXPRESSIONS.get(type(node))
    if handler is None:
        raise frame.refuse(node, f"the expression {said(node)}")
    try:
        made = handler(frame, node)
        if is_value(made):  # most are, and each question for its class takes a while
            return made
        if isinstance(made, Items) and made.home is None:
            made.home = (frame.recorder, frame.recorder.body)
        if type(made) in LISTS and vector_makers.makes(node, made):
            return vector_makers.at_site(frame, node, made)
        return made
    except Unsupported as error:  # say which expressions it stands in, from the inside out
        error.trail = (*getattr(error, "trail", ()), node)
        raise


@expression(ast.Constant)
def constant(frame: Frame, node: ast.Constant) -> Any:
    return node.value


@expression(ast.Name)
def name(frame: Frame, node: ast.Name) -> Any:
    return load_name(frame, node)


@expression(ast.NamedExpr)
def named(frame: Frame, node: ast.NamedExpr) -> Any:
    value = evaluate(frame, node.value)
    if node.target.id in frame.nonlocals or node.target.id in frame.outside:
        raise frame.refuse(node, "`:=` of a variable around the function")
    for names, body in frame.around:  # it binds a name of the function, not of a comprehension
        if body != frame.recorder.body:
            raise frame.refuse(node, "`:=` under a condition in a comprehension")
        names[node.target.id] = value
    frame.names[node.target.id] = value
    return value


def refuse_names(frame: Frame, node: ast.expr) -> None:
    """Refuse an operand that binds names, where only a run-time value says if it is evaluated."""
    if bound_by(node):
        raise frame.refuse(node, "`:=` where a run-time condition says if it happens")


def refuse_changes(frame: Frame, node: ast.expr) -> None:
    """Refuse an operand that changes anything, where a run-time value says if it is evaluated."""
    refuse_names(frame, node)
    if circuits.changes(frame, node):
        raise frame.refuse(node, "a change where a run-time condition says if it happens")


def bound_by(node: ast.expr) -> list[str]:
    """Return the names that `:=` binds in an expression."""
    return trees.found_once(node, "_known_binds", lambda: names_bound(node))


def names_bound(node: ast.expr) -> list[str]:
    return [n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)]


@expression(ast.Attribute)
def attribute(frame: Frame, node: ast.Attribute) -> Any:
    return read_attribute(frame, node, evaluate(frame, node.value), node.attr)


def read_attribute(frame: Frame, node: ast.AST, value: Any, name: str) -> Any:
    """Return ``value.name``, of a property what its function returns."""
    value = frame.perform(node, taken, value)
    found = frame.perform(node, load_attribute, frame.session, value, name)
    if not isinstance(found, Property):
        return found
    result = call(frame, node, found.getter, [found.instance], {})
    if found.kept is not None:
        frame.perform(node, attributes.keep, frame, found.instance, found.kept, result)
    return result


@expression(ast.BinOp)
def binary(frame: Frame, node: ast.BinOp) -> Any:
    a, b = evaluate(frame, node.left), evaluate(frame, node.right)
    if isinstance(node.op, ast.Mult) and type(a) is list and is_value(b):
        made = frame.perform(node, vector_makers.repeated, frame, node, a, b)
        if made is not None:
            return made
    return frame.perform(node, apply_operator, frame, PYTHON[BINARY[type(node.op)]], a, b)


KNOWN_OPERANDS = (Value, *NUMBER)


def apply_operator(frame: Frame, function: Callable, *operands: Any) -> Any:
    """Let Python evaluate an operator; objects with operators of their own are not compiled."""
    for operand in operands:
        if type(operand) not in KNOWN_OPERANDS:
            break
    else:
        return function(*operands)
    operands = tuple(map(taken, operands))
    if function is operator.mod and isinstance(operands[0], str):
        return operands[0] % fixed(operands[1])
    if any(map(texts.is_text, operands)):
        if function is not operator.add:
            raise refuse("an operator on text that is known only when the function runs")
        return texts.concatenated(*operands)
    if any(isinstance(o, (Grown, vectors.Vector)) for o in operands):
        if function is not operator.add:
            raise refuse("an operator on lists that only the run knows")
        return vector_makers.joined(frame, *operands)
    if any(map(special.is_object, operands)):
        return special.apply(frame, function, *operands)
    for operand in operands:
        if not (is_value(operand) or is_plain(operand) or isinstance(operand, (list, tuple))):
            raise refuse(f"an operator on a {said(operand)}")
    result = function(*operands)
    return frame.session.own(result) if isinstance(result, list) else result


@expression(ast.UnaryOp)
def unary(frame: Frame, node: ast.UnaryOp) -> Any:
    if isinstance(node.op, ast.Not):
        tested = flow.test(frame, node.operand)
        if not is_value(tested):
            return not tested
        if tested.kind != "python":
            raise frame.refuse(node, "`not` of a NumPy scalar as a value", "use numpy.logical_not")
        return frame.perform(node, frame.recorder.add, "logical_not", [tested])
    operand = evaluate(frame, node.operand)
    return frame.perform(node, apply_operator, frame, UNARY[type(node.op)], operand)


@expression(ast.Compare)
def compare(frame: Frame, node: ast.Compare, tested: bool = False) -> Any:
    left = evaluate(frame, node.left)
    result: Any = True
    for op, right_node in zip(node.ops, node.comparators, strict=True):
        if is_value(result):
            refuse_changes(frame, right_node)
        right = evaluate(frame, right_node)
        one = frame.perform(node, compare_pair, frame, op, left, right)
        if not is_value(result):
            result = one if result else result
        else:
            result = frame.perform(node, flow.both, frame, result, one, tested)
        if not is_value(result) and not result:
            return result
        left = right
    return result


@expression(ast.BoolOp)
def boolean(frame: Frame, node: ast.BoolOp) -> Any:
    """Evaluate `and` and `or`: the first operand that decides, or the last."""
    decides = isinstance(node.op, ast.Or)
    result = evaluate(frame, node.values[0])
    for following in node.values[1:]:
        if is_value(result) and (not result.can_be_static or result.dtype_name == "f64"):
            if result.dtype_name != "b1" and not result.is_array:
                result = branches.number_or(frame, node, result, following, decides)
                continue
            if result.dtype_name != "b1" or result.is_array:
                raise frame.refuse(
                    node,
                    "`and` or `or` of arrays or numbers as a value",
                    "use numpy.logical_and or numpy.logical_or",
                )
            refuse_names(frame, following)
            if result.kind != "python":
                refuse_changes(frame, following)
            elif circuits.may_fail(following):
                asked = circuits.asked(frame, following, result, decides, False)
                if asked is not None:
                    result = asked
                    continue
            other = evaluate(frame, following)
            combine = flow.either if decides else flow.both
            result = frame.perform(node, combine, frame, result, other)
            continue
        if bool(frame.perform(node, flow.truth, frame, result)) == decides:
            return result
        result = evaluate(frame, following)
    return result


def iterated(frame: Frame, node: ast.expr) -> Any:
    """Return the value of what a `for` goes over."""
    items = sets.constant_items(frame, node)
    return evaluate(frame, node) if items is None else items


@expression(ast.IfExp)
def conditional(frame: Frame, node: ast.IfExp) -> Any:
    tested = flow.test(frame, node.test)
    if not is_value(tested):
        return evaluate(frame, node.body if tested else node.orelse)
    return branches.choose(frame, node, tested)


@expression(ast.Tuple)
def tuple_(frame: Frame, node: ast.Tuple) -> tuple:
    return tuple(elements(frame, node.elts))


@expression(ast.List)
def list_(frame: Frame, node: ast.List) -> list:
    return frame.session.own(elements(frame, node.elts))


@expression(ast.Set)
def set_(frame: Frame, node: ast.Set) -> set:
    return sets.display(frame, node)


def elements(frame: Frame, nodes: list[ast.expr]) -> list:
    """Return the elements of a display or the arguments of a call."""
    result: list[Any] = []
    for node in nodes:
        if isinstance(node, ast.Starred):
            value = evaluate(frame, node.value)
            result.extend(frame.perform(node, flow.static_items, frame, value))
        else:
            result.append(evaluate(frame, node))
    return result


@expression(ast.Dict)
def dict_(frame: Frame, node: ast.Dict) -> dict:
    result: dict[Any, Any] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            result.update(frame.perform(node, outside.as_dict, frame, evaluate(frame, value)))
        else:
            result[frame.perform(node, as_key, evaluate(frame, key))] = evaluate(frame, value)
    return frame.session.own(result)


@expression(ast.Slice)
def slice_(frame: Frame, node: ast.Slice) -> slice:
    bounds = [
        None if part is None else evaluate(frame, part)
        for part in (node.lower, node.upper, node.step)
    ]
    return slice(*bounds)


@expression(ast.Subscript)
def subscript(frame: Frame, node: ast.Subscript) -> Any:
    if (item := appended.last_item(frame, node)) is not MISSING:
        return item
    container = frame.perform(node, taken, evaluate(frame, node.value))
    key = frame.perform(node, taken, evaluate(frame, node.slice))
    if special.is_object(container):
        return frame.perform(node, special.item, frame, container, key)
    result = frame.perform(node, load_item, frame.session, container, key)
    copied = isinstance(result, list) and isinstance(key, slice)
    return frame.session.own(result) if copied else result


@expression(ast.Call)
def call_(frame: Frame, node: ast.Call) -> Any:
    function = evaluate(frame, node.func)
    args = elements(frame, node.args)
    kwargs: dict[str, Any] = {}
    for keyword in node.keywords:
        value = evaluate(frame, keyword.value)
        if keyword.arg is None:
            kwargs.update(frame.perform(node, outside.as_dict, frame, value))
        else:
            kwargs[keyword.arg] = value
    return call(frame, node, function, args, kwargs)


@expression(ast.Lambda)
def lambda_(frame: Frame, node: ast.Lambda) -> Any:
    return make_function(frame, node)


@expression(ast.JoinedStr)
def formatted(frame: Frame, node: ast.JoinedStr) -> str:
    return "".join(evaluate(frame, part) for part in node.values)


@expression(ast.FormattedValue)
def formatted_value(frame: Frame, node: ast.FormattedValue) -> str:
    """Format a value that is known while compiling, or fixed by a guard."""
    value = evaluate(frame, node.value)
    spec = "" if node.format_spec is None else evaluate(frame, node.format_spec)
    return frame.perform(node, format_static, value, node.conversion, spec)
