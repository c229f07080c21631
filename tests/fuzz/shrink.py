"""Makes a failing program small: drops statements, and puts parts in place of expressions."""

import ast
import copy

BLOCKS = ("body", "orelse", "finalbody")


def variants(tree):
    """Give smaller programs, made of one by one change each."""
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef):
            yield without(tree, tree, "body", tree.body.index(function))
    for node in list(ast.walk(tree)):
        for name in BLOCKS:
            block = getattr(node, name, None)
            if not isinstance(block, list):
                continue
            for at, statement in enumerate(block):
                yield without(tree, node, name, at)
                for inner in BLOCKS:
                    if isinstance(getattr(statement, inner, None), list) and not isinstance(
                        statement, ast.FunctionDef
                    ):
                        yield replaced(tree, node, name, at, getattr(statement, inner))
    for node in list(ast.walk(tree)):
        for name, value in ast.iter_fields(node):
            if name == "func":
                continue
            entries = value if isinstance(value, list) else [value]
            for at, entry in enumerate(entries):
                if not isinstance(entry, ast.expr) or isinstance(entry, (ast.Constant, ast.Name)):
                    continue
                for smaller in parts(entry):
                    yield with_expression(tree, node, name, at, smaller)
                if isinstance(entry, (ast.Tuple, ast.List)) and len(entry.elts) > 1:
                    for i in range(len(entry.elts)):
                        fewer = copy.deepcopy(entry)
                        del fewer.elts[i]
                        yield with_expression(tree, node, name, at, fewer)


def parts(expression):
    """Give expressions inside one, and constants."""
    for child in ast.iter_child_nodes(expression):
        if isinstance(child, ast.expr) and not isinstance(child, (ast.Slice, ast.Starred)):
            if not isinstance(expression, ast.Call) or child is not expression.func:
                yield child
            elif isinstance(child, ast.Attribute) and not isinstance(child.value, ast.Name):
                yield child.value
    if not isinstance(expression, (ast.Tuple, ast.List)):
        yield ast.Constant(1)


def without(tree, node, name, at):
    return replaced(tree, node, name, at, [])


def edited(tree, node, edit):
    """Return a copy of a tree in which a node has been changed."""
    number = next(i for i, n in enumerate(ast.walk(tree)) if n is node)
    made = copy.deepcopy(tree)
    edit(next(n for i, n in enumerate(ast.walk(made)) if i == number))
    return made


def replaced(tree, node, name, at, statements):
    def edit(twin):
        block = getattr(twin, name)
        block[at : at + 1] = copy.deepcopy(statements)
        if not block and name == "body":
            block.append(ast.Pass())

    return edited(tree, node, edit)


def with_expression(tree, node, name, at, smaller):
    def edit(twin):
        made = copy.deepcopy(smaller)
        if isinstance(getattr(twin, name), list):
            getattr(twin, name)[at] = made
        else:
            setattr(twin, name, made)

    return edited(tree, node, edit)


def shrink(source, fails, tries=600):
    """Return the smallest program found for which `fails(source)` holds still."""
    tried = set()
    smaller = True
    while smaller:
        smaller = False
        for tree in variants(ast.parse(source)):
            try:
                text = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
            except Exception:  # a tree that is no program
                continue
            if len(text) >= len(source) or text in tried or "def f(" not in text:
                continue
            if len(tried) >= tries:
                return source
            tried.add(text)
            if fails(text):
                source, smaller = text, True
                break
    return source
