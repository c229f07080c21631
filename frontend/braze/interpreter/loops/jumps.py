"""break, continue and return in run-time loops, as conditions: the graph has no jumps.

What follows a `continue` or `break` moves into the other way of the `if` that it stands in; a
`break` sets a flag, which the loop's test then asks for. A `return` keeps its value and breaks; the
function returns it behind the loop.
"""

import ast
from typing import Any

# No Python name can be these.
BROKEN = "$broken"
NEXT = "$next"
RETURNED = "$returned"
RESULT = "$result"
LEFT = "$left"
ROWS = "$rows"
ITEM = "$item"
KEPT = (RETURNED, RESULT)
MAX_COPIES = 64  # statements that may be repeated because both ways go on


def jumps(block: list[ast.stmt]) -> set[type]:
    """Return which jumps end or skip rounds of the loop that the block is of."""
    found: set[type] = set()
    for node in block:
        if isinstance(node, (ast.Break, ast.Continue, ast.Return)):
            found.add(type(node))
        elif isinstance(node, ast.If):
            found |= jumps(node.body) | jumps(node.orelse)
        elif isinstance(node, (ast.For, ast.While)):
            found |= jumps(node.orelse) | (jumps(node.body) & {ast.Return})
        elif isinstance(node, ast.Try):
            found |= jumps([*node.body, *node.orelse, *node.finalbody])
        elif isinstance(node, (ast.With, ast.Match)):
            kinds = (ast.Break, ast.Continue, ast.Return)
            found |= {type(n) for n in ast.walk(node) if isinstance(n, kinds)}
    return found


def lowered(block: list[ast.stmt]) -> list[ast.stmt]:
    """Return a loop's body without jumps; the flags say whether and how it was left."""
    out: list[ast.stmt] = []
    for i, node in enumerate(block):
        if isinstance(node, ast.Continue):
            return out or [ast.copy_location(ast.Pass(), node)]
        if isinstance(node, ast.Break):
            return [*out, set_flag(node, BROKEN)]
        if isinstance(node, ast.Return):
            return [*out, keep_result(node), set_flag(node, RETURNED), set_flag(node, BROKEN)]
        if isinstance(node, ast.If) and jumps([node]):
            return [*out, *lowered_if(node, block[i + 1 :])]
        if isinstance(node, ast.Try) and jumps([node]) and not node.finalbody:
            return [*out, *lowered([*node.body, *node.orelse, *block[i + 1 :]])]
        out.append(node)
        if isinstance(node, (ast.For, ast.While)) and jumps([node]):
            leave = returned(node, [set_flag(node, BROKEN), *(keep(node, n) for n in KEPT)])
            leave.orelse = lowered(block[i + 1 :])
            return [*out, leave]
    return out


def lowered_if(node: ast.If, rest: list[ast.stmt]) -> list[ast.stmt]:
    both_go_on = not (always_jumps(node.body) or always_jumps(node.orelse))
    if both_go_on and sum(1 for part in rest for _ in ast.walk(part)) > MAX_COPIES * 8:
        return [node, *rest]  # refused where it is met
    then = lowered(node.body if always_jumps(node.body) else [*node.body, *rest])
    other = lowered(node.orelse if always_jumps(node.orelse) else [*node.orelse, *rest])
    pass_ = ast.copy_location(ast.Pass(), node)
    return [ast.copy_location(ast.If(node.test, then or [pass_], other), node)]


def behind(node: ast.stmt, end: Any, following: list[ast.stmt]) -> list[ast.stmt]:
    """Return what stands behind a loop of which it shows at run time how it ended."""
    asks = bool(following) and getattr(following[0], "behind_loop", False)
    out = [returned(node, [return_result(node)])] if end.returns and not asks else []
    if end.orelse:
        stayed = ast.UnaryOp(ast.Not(), ast.Name(LEFT, ast.Load()))
        out.append(ast.If(stayed, end.orelse, []))
        ast.fix_missing_locations(ast.copy_location(out[-1], node))
    return out


def returned(at: ast.stmt, then: list[ast.stmt]) -> ast.If:
    """Return the statement behind a loop in which the function may have returned."""
    test = ast.Name(RETURNED, ast.Load())
    node = ast.fix_missing_locations(ast.copy_location(ast.If(test, then, []), at))
    node.behind_loop = True
    return node


def return_result(at: ast.stmt) -> ast.stmt:
    node = ast.Return(ast.Name(RESULT, ast.Load()))
    return ast.fix_missing_locations(ast.copy_location(node, at))


def keep(at: ast.stmt, name: str) -> ast.stmt:
    """Return an assignment of a name to itself: it shows that the loop inside changes the name."""
    assign = ast.Assign([ast.Name(name, ast.Store())], ast.Name(name, ast.Load()))
    return ast.fix_missing_locations(ast.copy_location(assign, at))


def keep_result(node: ast.Return) -> ast.stmt:
    value = node.value or ast.copy_location(ast.Constant(None), node)
    assign = ast.Assign([ast.Name(RESULT, ast.Store())], value)
    return ast.fix_missing_locations(ast.copy_location(assign, node))


def always_jumps(block: list[ast.stmt]) -> bool:
    """Tell whether a block never reaches what follows it."""
    if not block:
        return False
    last = block[-1]
    if isinstance(last, ast.If):
        return always_jumps(last.body) and always_jumps(last.orelse)
    return isinstance(last, (ast.Break, ast.Continue, ast.Return, ast.Raise))


def falling_off(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the `return` at the end of a function that returns something on other ways."""
    if always_jumps(body) or ast.Return not in jumps(body):
        return []
    return [ast.copy_location(ast.Return(None), body[-1])]


def set_flag(at: ast.stmt, name: str) -> ast.stmt:
    assign = ast.Assign([ast.Name(name, ast.Store())], ast.Constant(True))
    return ast.fix_missing_locations(ast.copy_location(assign, at))


def not_broken(at: ast.AST) -> ast.expr:
    flag = ast.UnaryOp(ast.Not(), ast.Name(BROKEN, ast.Load()))
    return ast.fix_missing_locations(ast.copy_location(flag, at))


def tested_inside(node: ast.While) -> ast.While:
    """Return a `while True` that breaks where the test fails."""

    def at(made: Any) -> Any:
        return ast.copy_location(made, node.test)

    leave = at(ast.If(at(ast.UnaryOp(ast.Not(), node.test)), [at(ast.Break())], []))
    return ast.copy_location(ast.While(at(ast.Constant(True)), [leave, *node.body], []), node)


def while_loop(node: ast.While) -> ast.While:
    """Return a while loop whose test also asks for the flag, with a body without jumps."""
    test = ast.copy_location(ast.BoolOp(ast.And(), [not_broken(node.test), node.test]), node.test)
    return marked(ast.copy_location(ast.While(test, lowered(node.body), []), node))


def counted_while(node: ast.For, stop: str, step: int, rows: str | None) -> ast.While:
    """Return a for loop over a range, or over rows, as a while loop over a counter."""

    def at(part: ast.AST) -> ast.AST:
        return ast.fix_missing_locations(ast.copy_location(part, node))

    compare = ast.Lt() if step > 0 else ast.Gt()
    more = at(ast.Compare(ast.Name(NEXT, ast.Load()), [compare], [ast.Name(stop, ast.Load())]))
    test = at(ast.BoolOp(ast.And(), [not_broken(node), more]))
    item: ast.expr = ast.Name(NEXT, ast.Load())
    if rows is not None:
        item = ast.Subscript(ast.Name(rows, ast.Load()), item, ast.Load())
    take = at(ast.Assign([node.target], item))
    count = ast.BinOp(ast.Name(NEXT, ast.Load()), ast.Add(), ast.Constant(step))
    go_on = at(ast.Assign([ast.Name(NEXT, ast.Store())], count))
    return marked(at(ast.While(test, [take, go_on, *lowered(node.body)], [])))


def unless_broken(node: ast.For) -> ast.If:
    """Return a round of a for loop for those who have not left it, with a body without jumps."""
    take = ast.Assign([node.target], ast.Name(ITEM, ast.Load()))
    take = ast.fix_missing_locations(ast.copy_location(take, node))
    round_ = ast.If(not_broken(node), [take, *lowered(node.body)], [])
    return ast.fix_missing_locations(ast.copy_location(round_, node))


def marked(loop: ast.While) -> ast.While:
    """Mark a loop as one whose jumps are gone, though a loop inside may still have returns."""
    loop.lowered = True
    return loop


def ends_by_return(node: ast.For | ast.While) -> bool:
    """Tell whether a loop can only end by a return."""
    forever = isinstance(node, ast.While) and isinstance(node.test, ast.Constant)
    return forever and bool(node.test.value) and ast.Break not in jumps(node.body)
