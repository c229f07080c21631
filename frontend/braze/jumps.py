"""break and continue under run-time conditions, as conditions: the graph has no jumps.

What follows a `continue` or `break` moves into the other way of the `if` that it stands in; a
`break` sets a flag, which the loop's test then asks for.
"""

import ast

# No Python name can be these.
BROKEN = "$broken"
NEXT = "$next"
MAX_COPIES = 64  # statements that may be repeated because both ways go on


def jumps(block: list[ast.stmt]) -> set[type]:
    """Return which of Break and Continue end or skip rounds of the loop that the block is of."""
    found: set[type] = set()
    for node in block:
        if isinstance(node, (ast.Break, ast.Continue)):
            found.add(type(node))
        elif isinstance(node, ast.If):
            found |= jumps(node.body) | jumps(node.orelse)
        elif isinstance(node, (ast.For, ast.While)):
            found |= jumps(node.orelse)
        elif isinstance(node, (ast.With, ast.Try, ast.Match)):
            found |= {type(n) for n in ast.walk(node) if isinstance(n, (ast.Break, ast.Continue))}
    return found


def lowered(block: list[ast.stmt]) -> list[ast.stmt]:
    """Return a loop's body without break and continue; the flag says whether it was left."""
    out: list[ast.stmt] = []
    for i, node in enumerate(block):
        if isinstance(node, ast.Continue):
            return out or [ast.copy_location(ast.Pass(), node)]
        if isinstance(node, ast.Break):
            return [*out, set_flag(node, True)]
        if isinstance(node, ast.If) and jumps([node]):
            rest = block[i + 1 :]
            both_go_on = not (always_jumps(node.body) or always_jumps(node.orelse))
            if both_go_on and sum(1 for part in rest for _ in ast.walk(part)) > MAX_COPIES * 8:
                return [*out, node, *rest]  # refused where it is met
            then = lowered(node.body if always_jumps(node.body) else [*node.body, *rest])
            other = lowered(node.orelse if always_jumps(node.orelse) else [*node.orelse, *rest])
            pass_ = ast.copy_location(ast.Pass(), node)
            return [*out, ast.copy_location(ast.If(node.test, then or [pass_], other), node)]
        out.append(node)
    return out


def always_jumps(block: list[ast.stmt]) -> bool:
    """Tell whether a block never reaches what follows it."""
    if not block:
        return False
    last = block[-1]
    if isinstance(last, ast.If):
        return always_jumps(last.body) and always_jumps(last.orelse)
    return isinstance(last, (ast.Break, ast.Continue, ast.Return, ast.Raise))


def set_flag(at: ast.stmt, value: bool) -> ast.stmt:
    assign = ast.Assign([ast.Name(BROKEN, ast.Store())], ast.Constant(value))
    return ast.fix_missing_locations(ast.copy_location(assign, at))


def not_broken(at: ast.AST) -> ast.expr:
    flag = ast.UnaryOp(ast.Not(), ast.Name(BROKEN, ast.Load()))
    return ast.fix_missing_locations(ast.copy_location(flag, at))


def while_loop(node: ast.While) -> ast.While:
    """Return a while loop whose test also asks for the flag, with a body without jumps."""
    test = ast.copy_location(ast.BoolOp(ast.And(), [not_broken(node.test), node.test]), node.test)
    return ast.copy_location(ast.While(test, lowered(node.body), []), node)


def counted_while(node: ast.For, stop: str, step: int) -> ast.While:
    """Return a for loop over a range as a while loop over a counter."""

    def at(part: ast.AST) -> ast.AST:
        return ast.fix_missing_locations(ast.copy_location(part, node))

    compare = ast.Lt() if step > 0 else ast.Gt()
    more = at(ast.Compare(ast.Name(NEXT, ast.Load()), [compare], [ast.Name(stop, ast.Load())]))
    test = at(ast.BoolOp(ast.And(), [not_broken(node), more]))
    take = at(ast.Assign([node.target], ast.Name(NEXT, ast.Load())))
    count = ast.BinOp(ast.Name(NEXT, ast.Load()), ast.Add(), ast.Constant(step))
    go_on = at(ast.Assign([ast.Name(NEXT, ast.Store())], count))
    return at(ast.While(test, [take, go_on, *lowered(node.body)], []))
