"""Arrays of every kind that NumPy has: what a call gives, does and leaves is as plain."""

import warnings

import numpy as np
import pytest
from edges import define, unaligned
from exact import check

import braze

BODIES = {
    "values": "return a + 1, a.sum(), np.cumsum(a)",
    "in place": "a[...] = a * 2; return a",
    "augmented": "a += 1; a *= a; return a.sum(axis=-1)",
    "views": "return a.T + 0, a[::-1] * 1, a[...], a.reshape(-1)",
    "rows": "t = 0; for row in a:;     t = t + row; return t",
    "choices": "return np.where(a > 0, a, -a), a[a > 0]",
    "moments": "return a.mean(axis=0), a.std(), a.argmax()",
    "itself": "return a, a.copy()",
}
DTYPES = ["f8", "f4", "f2", "i8", "u1", "?", "c16", ">f8", ">i4", "O", "S3", "U2", "M8[s]",
          "m8[ms]", "g", [("x", "f8"), ("y", "i4")]]  # fmt: skip
SHAPES = [(), (0,), (3, 0), (1,), (5,), (3, 4), (1, 1, 1), (2,) * 9]


class Sub(np.ndarray):
    """A subclass that adds nothing."""


def of(dtype, shape):
    count = int(np.prod(shape))
    try:
        return (np.arange(count) - 3).astype(dtype).reshape(shape)
    except (TypeError, ValueError):
        return np.zeros(shape, dtype)


def read_only(a):
    a.flags.writeable = False
    return a


def far_apart(a):
    memory = np.zeros(1 << 20, "u1").view(a.dtype)
    return np.lib.stride_tricks.as_strided(memory, (3, 4), (1 << 18, 1 << 16))


KINDS = {
    "unaligned": unaligned,
    "read-only": read_only,
    "repeated": lambda a: np.broadcast_to(a[0], (3, 4)),
    "one row": lambda a: np.lib.stride_tricks.as_strided(a, (3, 4), (0, a.itemsize)),
    "overlapping": lambda a: np.lib.stride_tricks.as_strided(
        a.ravel(), (5, 4), (a.itemsize, a.itemsize)
    ),
    "far apart": far_apart,
    "backwards": lambda a: a[::-2, ::-1],
    "subclass": lambda a: a.view(Sub),
    "masked": lambda a: np.ma.masked_array(a, a > 2),
    "of bytes": lambda a: np.frombuffer(bytes(a.tobytes()), a.dtype),
    "of a field": lambda a: np.zeros((3, 4), [("p", "i1"), ("x", a.dtype)])["x"],
    "a list": lambda a: a.tolist(),
    "a scalar": lambda a: a[0, 0],
}


def outcome(function, a):
    try:
        return function(a)
    except Exception as error:
        return type(error).__name__, str(error)


def flags_of(result):
    if isinstance(result, tuple):
        return list(map(flags_of, result))
    if not isinstance(result, np.ndarray):
        return None
    return result.flags.owndata, result.flags.writeable, result.base is None


def agree(body, arrays):
    text = "def f(a):\n" + "".join(f"    {line}\n" for line in BODIES[body].split("; "))
    plain, compiled = define(text), braze.jit(define(text))
    for make in arrays:
        mine, theirs = make(), make()
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            wanted, got = outcome(plain, theirs), outcome(compiled, mine)
        check(got, wanted, f"{body} of {mine!r}")
        check(mine, theirs, f"the argument, by {body}")
        assert flags_of(got) == flags_of(wanted), f"{body} of {mine!r}"
    assert "a fault of braze" not in str(compiled.stats()["reasons"])


@pytest.mark.parametrize("body", BODIES)
def test_dtypes_and_shapes(body):
    agree(body, [lambda d=d, s=s: of(d, s) for d in DTYPES for s in SHAPES])


@pytest.mark.parametrize("body", BODIES)
def test_kinds(body, tmp_path):
    def in_file(a):
        name = str(len(list(tmp_path.iterdir())))
        made = np.memmap(tmp_path / name, a.dtype, "w+", shape=a.shape)
        made[:] = a
        return made

    kinds = [*KINDS.values(), in_file]
    agree(body, [lambda d=d, k=k: k(of(d, (3, 4))) for d in ("f8", "i4") for k in kinds])


MASKED = [
    "return a[m], a[~m], m.nonzero()[0], np.count_nonzero(m)",
    "a[m] = 0.5; return a",
    "a[m] += a[m][::-1]; return a",
    "return np.where(m, a, -a), m & (a > 0), ~m, a * m, m.sum(), m.any(), a[m].sum()",
    "return m == True, m.astype(int), m.copy(), np.cumsum(m), np.argmax(m), m.mean()",
]


@pytest.mark.parametrize("body", MASKED)
def test_any_byte_but_zero_is_true(body):
    function = define("def f(a, m):\n" + "".join(f"    {line}\n" for line in body.split("; ")))
    compiled = braze.jit(function)
    rng = np.random.default_rng(5)
    for size in (5, 70, 700, 5000):
        for odd in ([0, 0, 1, 2, 255, 128, 64], [255], [2, 254], [0]):
            m = rng.choice(odd, size).astype(np.uint8).view(bool)
            a = np.arange(size) - size / 2
            before = a.copy()
            wanted = function(a, m)
            got = compiled(before, m)
            check(got, wanted, f"{body} {size} {odd}")
            check(before, a, "arguments")
