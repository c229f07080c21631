"""Whoever asks how an array lies in memory, or owns it, finds what NumPy would have there."""

import warnings

import numpy as np
import pytest
from exact import check
from test_memory_order import LAYOUTS

import braze

FLAT = {name: LAYOUTS[name] for name in ("plain", "fortran", "swapped", "upside down", "mirrored")}
FLAT["repeated"] = lambda a: np.broadcast_to(a[:1], a.shape)
VIEWS = {
    "itself": lambda a: a,
    "reversed": lambda a: a[::-1],
    "turned": lambda a: a.T,
    "every second": lambda a: a[:, ::2],
    "one": lambda a: a[:, 0],
    "a column": lambda a: a[:, :, 1],
    "inner": lambda a: a[1:, 1:-1],
    "with an axis": lambda a: a[:, None],
}
MADE = {
    "a sum": lambda a: a + 1,
    "a copy": lambda a: np.array(a),
    "of zeros": lambda a: np.zeros_like(a) + a,
    "stacked": lambda a: np.stack([a, a])[1],
    "broadcast": lambda a: np.broadcast_to(a[0], a.shape) + 0,
    "running": lambda a: np.cumsum(a, 1),
}
READ = {
    "pad": lambda v: np.pad(v, 1, mode="edge"),
    "round": lambda v: np.round(v, 1),
    "concatenate": lambda v: np.concatenate([v, v], axis=-1),
    "stack": lambda v: np.stack([v, v], axis=1),
    "sort": lambda v: np.sort(v, axis=0),
    "diff": lambda v: np.diff(v, axis=0),
    "unwrap": lambda v: np.unwrap(v),
    "zeros_like": lambda v: np.zeros_like(v),
    "ravel": lambda v: v.ravel(),
    "ravel by columns": lambda v: v.ravel("F"),
    "flatten": lambda v: v.flatten(),
    "flatten by columns": lambda v: v.flatten("F"),
    "copy": lambda v: v.copy(),
    "copy as it lies": lambda v: v.copy("K"),
    "times one": lambda v: v * 1,
    "plus zero": lambda v: v - 0.0,
    "a mean": lambda v: v.mean(-1),
    "a norm": lambda v: np.sqrt((v * v).sum()),
    "shifted": lambda v: np.fft.fftshift(v),
    "einsum": lambda v: np.einsum("i...->...", v),
    "changed": lambda v: put(np.array(v), 0),
}


def put(v, i):
    v[i] = 7
    return v


@pytest.mark.parametrize("read", READ)
@pytest.mark.parametrize("made", MADE)
def test_what_reads_a_view(made, read):
    base = np.random.default_rng(3).standard_normal((5, 6, 7)) * 100
    for name, view in VIEWS.items():

        def function(a, make=MADE[made], view=view, read=READ[read]):
            return read(view(make(a)))

        compiled = braze.jit(function)
        for layout, lay in FLAT.items():
            check(compiled(lay(base)), function(lay(base)), f"{name} of {layout}")


def flat_then_changed(a):
    b = np.zeros(a.shape) + a
    flat = b.T.reshape(-1)
    b += 1
    return flat


def changes_flat(a):
    b = np.zeros(a.shape)
    flat = b.T.reshape(-1)
    flat += 1
    return flat, b


def changes_every_second(a):
    b = np.ones(a.shape)
    flat = b[:, ::2].reshape(-1)
    b += 1
    return flat


def changes_rows(a):
    b = a + 1
    flat = b[1:].ravel()
    flat *= 2
    return flat, b


def changes_a_column(a):
    b = a + 1
    flat = b[:, :1].ravel()
    flat *= 2
    return flat, b


def changes_columns(a):
    b = np.asfortranarray(a) * 1
    flat = b.ravel("F")
    b += 1
    return flat


def changes_an_argument(a):
    flat = a.ravel()
    flat[1:3] = 5
    return flat.sum(), a


def changes_a_flat_argument(a):
    a[:, 0].ravel()[:] = 3
    b = a[:, 0].ravel()
    b += 1
    return b


@pytest.mark.parametrize(
    "function",
    [flat_then_changed, changes_flat, changes_every_second, changes_rows, changes_a_column,
     changes_columns, changes_an_argument, changes_a_flat_argument],
)  # fmt: skip
def test_what_is_flat_is_a_view_or_a_copy_as_in_numpy(function):
    compiled = braze.jit(function)
    for shape in ((5, 6), (1, 6), (6, 1), (1, 1), (2, 2), (0, 4)):
        for lay in (np.ascontiguousarray, np.asfortranarray, lambda a: np.repeat(a, 2, 1)[:, ::2]):
            mine, theirs = (lay(np.arange(30.0)[: np.prod(shape)].reshape(shape)) for _ in "ab")
            got, wanted = compiled(mine), function(theirs)
            check(got, wanted, f"{function.__name__} of {shape}", owned=False)
            check(mine, theirs, f"the argument of {function.__name__}")


@pytest.mark.parametrize("axis", [None, 0, 1])
def test_a_part_that_may_have_one_element(axis):
    def function(a):
        part = (a + 1)[1:-1]
        return part.squeeze() if axis is None else part.sum(axis).squeeze()

    compiled = braze.jit(function)
    for rows in (5, 3, 4, 2, 3):
        a = np.arange(rows * 4.0).reshape(rows, 4)
        check(compiled(a), function(a), f"{rows} rows")


def test_an_average_that_gives_nothing_divides_by_zero():
    compiled = braze.jit(lambda a: np.average(a, axis=0))
    assert compiled(np.ones((2, 3))).tolist() == [1, 1, 1]
    for rows in (2, 0):
        with pytest.raises(ZeroDivisionError):
            compiled(np.ones((rows, 0)))


@pytest.mark.parametrize("function", [np.median, np.mean, np.var], ids=lambda f: f.__name__)
def test_a_warning_of_what_is_empty_comes_once(function):
    def of_the_rest(a):
        return function(a[1:], axis=0)

    told = []
    for called in (of_the_rest, braze.jit(of_the_rest)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            called(np.ones((1, 3)))
        told.append([str(w.message) for w in caught])
    assert told[0] == told[1]
