"""The NumPy functions that are eager steps of a graph: one row for each.

A row has the function's parameters, says which of them are operands (arrays and numbers that may be
known only when the function runs; all others are constant), and gives the sizes of the results.
Their dtypes and kinds come from a call of the function on a few small operands of the same types.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from braze.arrays.eager import sizes as of
from braze.arrays.eager import vectors as of_vectors


@dataclass(eq=False, repr=False)
class Row:
    """What braze knows of a NumPy function that it calls as it is.

    Attributes
    ----------
    name : str
        Its name below ``numpy``.
    parameters : str
        Its parameters, as they stand in a ``def``.
    operands : str
        Those that are operands.
    sizes : callable
        Of a call, the sizes of the result; of several results a tuple of such lists.
    trial : dict
        What parameters are in the trial of the types.
    nonempty : bool
        Whether NumPy may warn of empty operands in a way that nobody could tell.
    skips_nan : bool
        Whether NumPy warns where all numbers along the axis are NaN.
    keeps_order : bool
        Whether results lie in C order if all operands do.
    quiet : bool
        Whether NumPy never reports floating-point errors of the function.
    kinds : str
        The kinds of dtypes that operands may have; NumPy may warn of others.
    draws : str
        Of random numbers (eager/draws.py): "draws" from the first operand, or "makes" a generator.
    copies : int
        The argument that changes, so a copy of it is given, and is the result; or -1.
    of : str
        The name in NumPy of a function of which the row says one use alone; other modules know
        when it is that use.
    instead : callable
        What is called in its place: the same, or it raises where NumPy would warn.
    """

    name: str
    parameters: str
    operands: str
    sizes: Callable
    trial: dict = field(default_factory=dict)
    nonempty: bool = False
    skips_nan: bool = False
    keeps_order: bool = False
    quiet: bool = False
    kinds: str = "biufc"
    draws: str = ""
    copies: int = -1
    of: str = ""
    instead: Any = None

    def place(self) -> tuple[Any, str]:
        """Return the module and the name in it."""
        module, _, name = f"numpy.{self.of or self.name}".rpartition(".")
        return importlib.import_module(module), name

    def function(self) -> Any:
        """Return the function itself; None where this NumPy has none."""
        module, name = self.place()
        return getattr(module, name, None)


ROWS: dict[str, Row] = {}


def counts_between(a: Any, bins: Any, *args: Any, **kwargs: Any) -> np.ndarray:
    """Return what `numpy.histogram` counts, without the edges, which are those given to it."""
    return np.histogram(a, bins, *args, **kwargs)[0]


def fitted(x: Any, y: Any, deg: int, rcond: Any = None, full: bool = False, w: Any = None) -> Any:
    """Return what `numpy.polyfit` gives, if it has nothing to warn of."""
    if full:
        raise ValueError("more than the coefficients")
    found, _, rank, _, _ = np.polyfit(x, y, deg, rcond, full=True, w=w)
    if rank != deg + 1:
        raise ValueError("a fit of which NumPy warns")
    return found


def rows(*table: tuple, **facts: Any) -> None:
    """Add rows that have some facts in common."""
    for name, parameters, operands, sizes in table:
        row = Row(name, parameters, operands, sizes, **facts)
        if row.function() is not None:
            ROWS[name] = row


rows(
    ("sort", "a, axis=-1, kind=None, *, stable=None", "a", of.along("a")),
    ("argsort", "a, axis=-1, kind=None, *, stable=None", "a", of.along("a")),
    ("sort_complex", "a", "a", of.like("a")),
    ("lexsort", "keys, axis=-1", "keys", of.first_of("keys")),
    keeps_order=True,
    quiet=True,
)
rows(
    ("partition", "a, kth, axis=-1, kind='introselect', order=None", "a kth", of.along("a")),
    ("argpartition", "a, kth, axis=-1, kind='introselect', order=None", "a kth", of.along("a")),
    trial={"kth": 0},
    keeps_order=True,
    quiet=True,
)
rows(
    ("searchsorted", "a, v, side='left', sorter=None", "a v sorter", of.like("v")),
    keeps_order=True,
    quiet=True,
)
rows(
    ("digitize", "x, bins, right=False", "x bins", of.like("x")),
    ("interp", "x, xp, fp, left=None, right=None, period=None", "x xp fp left right",
     of_vectors.interp),
    ("isin", "element, test_elements, assume_unique=False, invert=False, *, kind=None",
     "element test_elements", of.like("element")),
    keeps_order=True,
)  # fmt: skip
rows(
    ("median", "a, axis=None, *, overwrite_input=False, keepdims=False", "a", of.reduced("a")),
    ("percentile", "a, q, axis=None, *, overwrite_input=False, method='linear', "
     "keepdims=False", "a q", of.at_each("q", of.reduced("a"))),
    ("quantile", "a, q, axis=None, *, overwrite_input=False, method='linear', "
     "keepdims=False", "a q", of.at_each("q", of.reduced("a"))),
    nonempty=True,
)  # fmt: skip
rows(
    ("nanmedian", "a, axis=None, *, overwrite_input=False, keepdims=False", "a", of.reduced("a")),
    ("nanpercentile", "a, q, axis=None, *, overwrite_input=False, method='linear', "
     "keepdims=False", "a q", of.at_each("q", of.reduced("a"))),
    ("nanquantile", "a, q, axis=None, *, overwrite_input=False, method='linear', "
     "keepdims=False", "a q", of.at_each("q", of.reduced("a"))),
    nonempty=True,
    skips_nan=True,
)  # fmt: skip
rows(
    ("histogram", "a, bins=10, range=None, density=None, weights=None", "a range weights",
     of.histogram),
    ("histogram_bin_edges", "a, bins=10, range=None, weights=None", "a range weights", of.edges),
    ("histogram2d", "x, y, bins=10, range=None, density=None, weights=None", "x y weights",
     of.histogram2d),
    trial={"range": None},
    kinds="iuf",
)  # fmt: skip
rows(
    ("unique", "ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, "
     "equal_nan=True", "ar", of.unique),
    ("unique_values", "x", "x", of.told),
    ("unique_counts", "x", "x", lambda call: (of.told(call), of.told(call))),
    ("unique_inverse", "x", "x", lambda call: (of.told(call), call.dims("x"))),
    ("unique_all", "x", "x", of.unique_all),
    ("union1d", "ar1, ar2", "ar1 ar2", of.told),
    ("setdiff1d", "ar1, ar2, assume_unique=False", "ar1 ar2", of.told),
    ("setxor1d", "ar1, ar2, assume_unique=False", "ar1 ar2", of.told),
    ("intersect1d", "ar1, ar2, assume_unique=False", "ar1 ar2", of.told),
)  # fmt: skip
rows(
    ("linalg.solve", "a, b", "a b", of.solve),
    ("linalg.inv", "a", "a", of.squares("a")),
    ("linalg.cholesky", "a, *, upper=False", "a", of.squares("a")),
    ("linalg.det", "a", "a", of.numbers("a")),
    ("linalg.slogdet", "a", "a", of.two_numbers("a")),
    keeps_order=True,
)
rows(
    ("linalg.eigh", "a, UPLO='L'", "a", of.pairs("a")),
    ("linalg.eigvalsh", "a, UPLO='L'", "a", of.values("a")),
    ("linalg.qr", "a, mode='reduced'", "a", of.qr),
    ("linalg.svd", "a, full_matrices=True, compute_uv=True, hermitian=False", "a", of.svd),
    ("linalg.svdvals", "x", "x", of.svdvals),
    ("linalg.lstsq", "a, b, rcond=None", "a b", of.lstsq),
    ("linalg.pinv", "a, rcond=None, hermitian=False, *, rtol=None", "a", of.turned("a")),
    ("linalg.matrix_rank", "A, tol=None, hermitian=False, *, rtol=None", "A", of.stack_of("A")),
    ("linalg.cond", "x, p=None", "x", of.stack_of("x")),
    ("linalg.multi_dot", "arrays", "arrays", of.chain),
    ("einsum", "subscripts, *operands, optimize=False", "operands", of.einsum),
    ("dot", "a, b", "a b", of_vectors.dot),
    ("vdot", "a, b", "a b", lambda call: []),
    ("inner", "a, b", "a b", of_vectors.inner),
    ("correlate", "a, v, mode='valid'", "a v", of.correlate),
    ("convolve", "a, v, mode='full'", "a v", of.correlate),
    ("trace", "a, offset=0, axis1=0, axis2=1", "a", of.reduced("a", ("axis1", "axis2"))),
    ("linalg.trace", "x, *, offset=0", "x", of.stack_of("x")),
    ("packbits", "a, axis=None, bitorder='big'", "a", of.packed),
    ("unpackbits", "a, axis=None, count=None, bitorder='big'", "a", of.packed),
)
rows(
    ("vecdot", "x1, x2", "x1 x2", of_vectors.vecdot),
    ("matvec", "x1, x2", "x1 x2", of_vectors.matvec),
    ("vecmat", "x1, x2", "x1 x2", of_vectors.vecmat),
)
rows(
    ("power.complex", "x1, x2", "x1 x2", of.together("x1", "x2")),
    of="power",
)
rows(
    ("prod.complex", "a, axis=None, *, keepdims=False", "a", of.reduced("a")),
    of="prod",
)
rows(
    ("cumprod.complex", "a, axis=None", "a", of.along("a")),
    of="cumprod",
)
rows(
    ("full.F", "shape, fill_value, dtype=None, order='C'", "shape fill_value", of.shaped),
    of="full",
)
rows(
    ("copy.F", "a, order='K'", "a", of.like("a")),
    of="copy",
)
rows(
    ("histogram.counts", "a, bins, range=None, density=None, weights=None", "a bins weights",
     of.between("bins")),
    of="histogram",
    kinds="iuf",
    instead=counts_between,
)  # fmt: skip
rows(
    ("polyfit", "x, y, deg, rcond=None, full=False, w=None", "x y w", of.polynomial),
    trial={"deg": 0},
    kinds="iuf",
    instead=fitted,
)
rows(
    ("i0", "x", "x", of.like("x")),
    ("kaiser", "M, beta", "M beta", of.shaped),
    ("linalg.tensorsolve", "a, b", "a b", of.solved_tensor),
    ("polydiv", "u, v", "u v", of.divided),
)
for _kind, _names in {
    "complex": ("fft", "ifft"), "of real": ("rfft", "ihfft"), "to real": ("irfft", "hfft"),
}.items():  # fmt: skip
    rows(*((f"fft.{name}", "a, n=None, axis=-1, norm=None", "a", of.transform(_kind))
           for name in _names))  # fmt: skip
for _kind, _prefix in {"complex": ("", "i"), "of real": ("r",), "to real": ("ir",)}.items():
    for _name in _prefix:
        rows(
            (f"fft.{_name}fft2", "a, s=None, axes=(-2, -1), norm=None", "a",
             of.transforms(_kind)),
            (f"fft.{_name}fftn", "a, s=None, axes=None, norm=None", "a", of.transforms(_kind)),
        )  # fmt: skip
