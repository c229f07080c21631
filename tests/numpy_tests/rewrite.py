"""Rewrites a test file of NumPy's so that what it asks of NumPy goes through compiled functions.

In functions (not at the top of modules and classes, where tests are only described):

    f(a, b)      of(f)(a, b)                a[1:]         item(a, slice(1, None, None))
    a + b        binary("+", a, b)          a[0] = b      set_item(a, 0, b)
    -a           unary("-", a)              a[0] += b     augment_item("+=", a, 0, b)
    a.T          attribute(a, "T")          a += b        a = augment("+=", a, b)
"""

import ast

# Calls that look at their caller's frame, and what must stay a syntactic form.
FRAMES = {"super", "locals", "globals", "vars", "dir", "eval", "exec", "sys"}
ATTRIBUTES = {"T", "mT", "real", "imag"}
RUNTIME = "braze_calls"
SYMBOLS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.MatMult: "@", ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&",
    ast.BitOr: "|", ast.BitXor: "^", ast.USub: "-", ast.UAdd: "+", ast.Invert: "~",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


def runtime(name, *arguments):
    """Return a call of a function of the runtime."""
    function = ast.Attribute(ast.Name(RUNTIME, ast.Load()), name, ast.Load())
    return ast.Call(function, list(arguments), [])


class Bodies(ast.NodeTransformer):
    """Rewrites expressions and statements of function bodies."""

    def visit_FunctionDef(self, node):
        # Decorators and defaults of inner functions are left as they are.
        node.body = [self.visit(s) for s in node.body]
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_JoinedStr(self, node):
        return node

    def visit_With(self, node):
        self.generic_visit(node)
        return node

    def visit_Call(self, node):
        if isinstance(node.func, ast.Name) and node.func.id in FRAMES:
            return node
        self.generic_visit(node)
        node.func = runtime("of", node.func)
        return node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant):
            return node
        return runtime("binary", ast.Constant(SYMBOLS[type(node.op)]), node.left, node.right)

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        if type(node.op) not in SYMBOLS or isinstance(node.operand, ast.Constant):
            return node
        return runtime("unary", ast.Constant(SYMBOLS[type(node.op)]), node.operand)

    def visit_Compare(self, node):
        self.generic_visit(node)
        if len(node.ops) > 1 or type(node.ops[0]) not in SYMBOLS:
            return node
        symbol = ast.Constant(SYMBOLS[type(node.ops[0])])
        return runtime("binary", symbol, node.left, node.comparators[0])

    def visit_Slice(self, node):
        self.generic_visit(node)
        parts = [p or ast.Constant(None) for p in (node.lower, node.upper, node.step)]
        return ast.Call(ast.Name("slice", ast.Load()), parts, [])

    def visit_Subscript(self, node):
        if not isinstance(node.ctx, ast.Load):
            self.generic_visit(node)
            return node
        self.generic_visit(node)
        return runtime("item", node.value, node.slice)

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load) and node.attr in ATTRIBUTES:
            return runtime("attribute", node.value, ast.Constant(node.attr))
        return node

    def visit_Assign(self, node):
        node.value = self.visit(node.value)
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
            target = self.visit(node.targets[0])
            return ast.Expr(runtime("set_item", target.value, target.slice, node.value))
        return node

    def visit_AugAssign(self, node):
        symbol = ast.Constant(SYMBOLS[type(node.op)] + "=")
        value = self.visit(node.value)
        if isinstance(node.target, ast.Subscript):
            target = self.visit(node.target)
            return ast.Expr(runtime("augment_item", symbol, target.value, target.slice, value))
        if isinstance(node.target, ast.Name):
            name = ast.Name(node.target.id, ast.Load())
            return ast.Assign([node.target], runtime("augment", symbol, name, value))
        node.value = value
        return node

    def visit_For(self, node):
        node.iter = self.visit(node.iter)
        node.body = [self.visit(s) for s in node.body]
        node.orelse = [self.visit(s) for s in node.orelse]
        return node

    def visit_Delete(self, node):
        return node

    def visit_AnnAssign(self, node):
        return node

    def visit_match_case(self, node):
        return node


class Outside(ast.NodeTransformer):
    """Finds the functions of a module and of its classes."""

    def visit_FunctionDef(self, node):
        return Bodies().visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef


def rewrite(source):
    """Return the rewritten text of a test module."""
    tree = Outside().visit(ast.parse(source))
    after = next(
        i for i, s in enumerate(tree.body)
        if not isinstance(s, (ast.Expr, ast.ImportFrom)) or getattr(s, "module", "") != "__future__"
    )  # fmt: skip
    tree.body.insert(after, ast.Import([ast.alias(RUNTIME)]))
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"
