"""Diagonals: read as NumPy's views are, never written, returned or out of date; einsum's dots."""

import pytest
from adversarial import agree, matrices, numbers

READ = [
    "np.diag(x).sum()",
    "x.diagonal() * 2",
    "np.diagonal(x, 1) + 1",
    "np.diagonal(x, -1).copy()",
    "np.diagonal(x, offset=1, axis1=1, axis2=0) * 2",
    "np.linalg.diagonal(x) * 3",
    "np.diag(np.diag(x))",
    "np.sort(np.diag(x))[::-1]",
    "np.diag(x)[1:] - np.diag(x)[:-1]",
    "(x - np.diag(np.diag(x))) @ np.ones(x.shape[1])",
]


@pytest.mark.parametrize("text", READ)
def test_read(text):
    agree(text, "x", [(x,) for x in matrices()])


SEEN = [
    "np.diag(x)",
    "x.diagonal()[::2]",
    "d = np.diag(x)\nx[0, 0] = 9\nd * 2",
    "d = x.diagonal()\nx *= 2\nd.sum(), x",
    "d = np.diag(x)\nd[0] = 1\nd",
    "d = np.diag(x)\nd += 1\nd",
    "s = 0\nfor i in range(3):\n    x[0] += 1\n    s = s + np.diag(x).sum()\ns",
    "y = x * 2\nd = np.diag(y)\nif x.sum() > 0:\n    y[0] = 1\nd * 1, y",
    "y = x\nd = np.diag(x)\ny[0, 0] = 5\nd + 0",
    "d = np.diag(x) if x.sum() > 0 else x[0]\nd * 2",
    "x.diagonal(7) * 2",
    "np.diagonal(x, axis1=0, axis2=0)",
]


@pytest.mark.parametrize("text", SEEN)
def test_seen(text):
    agree(text, "x", [(x,) for x in matrices(("f8",))], compiled=False)


A, B = numbers((2, 3, 4)), numbers((3, 4))
DOTS = [
    ("...i,...i->...", (B, B)),
    ("...ij,ij", (A, B)),
    ("aij,...j->a...i", (A, B)),
    ("...j->...", (A,)),
    ("i...->...", (A,)),
    ("...,...", (A, B)),
    ("...ab,...bc->...ac", (A, numbers((2, 4, 2)))),
    ("...ab,...bc->...ac", (A, numbers((1, 4, 2)))),
    ("ij...,j...->i...", (A, B)),
    ("...i,...i->...", (B, numbers((3, 5)))),
    ("i.j->i", (B,)),
    ("...ijkl->...", (B,)),
]


@pytest.mark.parametrize(("text", "operands"), DOTS)
def test_dots(text, operands):
    names = ["x", "y"][: len(operands)]
    call = f"np.einsum('{text}', {', '.join(names)}) + 1"
    agree(call, ", ".join(names), [operands], compiled=False)
