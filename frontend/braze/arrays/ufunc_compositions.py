"""Ufuncs that are no row of the op table: those with two results, and those made of other ops."""

from typing import Any

import numpy as np

from braze.arrays.arithmetic import as_result, cast, elementwise
from braze.arrays.eager import steps as eager
from braze.arrays.eager.rows import ROWS
from braze.arrays.matmul import matmul
from braze.arrays.registry import composed
from braze.arrays.ufuncs import call
from braze.errors import refuse
from braze.record.dtypes import TO_NUMPY, name_of
from braze.record.value import Value


def in_loop(recorder: Any, ufunc: np.ufunc, operands: tuple) -> list[Value]:
    """Return the operands in the types of the loop that NumPy takes."""
    values = [recorder.operand(x) for x in operands]
    types = [v.python_type if v.kind == "python" else TO_NUMPY[v.dtype_name] for v in values]
    try:
        loop = ufunc.resolve_dtypes((*types, *(None,) * ufunc.nout))
    except TypeError as error:
        raise refuse(f"numpy.{ufunc.__name__}: {error}") from error
    return [cast(v, name_of(t)) for v, t in zip(values, loop, strict=False)]


composed("matmul")(matmul)


@composed("divmod")
def divmod_(recorder: Any, x: Any, y: Any) -> tuple:
    return (call(recorder, "floor_divide", [x, y]), call(recorder, "remainder", [x, y]))


@composed("modf")
def modf(recorder: Any, x: Any) -> tuple:
    (x,) = in_loop(recorder, np.modf, (x,))
    whole = elementwise(recorder, "trunc", [x])
    rest = elementwise(recorder, "subtract", [x, whole])
    infinite = elementwise(recorder, "isinf", [x])
    zero = TO_NUMPY[x.dtype_name].type(0)
    rest = recorder.apply("where", [infinite, recorder.operand(zero), rest])
    return (elementwise(recorder, "copysign", [rest, x]), whole)


@composed("frexp")
def frexp(recorder: Any, x: Any) -> tuple:
    (x,) = in_loop(recorder, np.frexp, (x,))
    exponent = cast(elementwise(recorder, "exponent", [x]), "i32")
    return (elementwise(recorder, "mantissa", [x]), exponent)


@composed("gcd")
def gcd(recorder: Any, x: Any, y: Any) -> Value:
    return elementwise(recorder, "gcd", in_loop(recorder, np.gcd, (x, y)))


@composed("lcm")
def lcm(recorder: Any, x: Any, y: Any) -> Value:
    return elementwise(recorder, "lcm", in_loop(recorder, np.lcm, (x, y)))


@composed("ldexp")
def ldexp(recorder: Any, x: Any, n: Any) -> Value:
    """Record ldexp; the exponent is a float of x's dtype, beyond which every result is 0 or inf."""
    x, n = in_loop(recorder, np.ldexp, (x, n))
    limit = 2000 if x.dtype_name == "f16" else 5000
    n = elementwise(recorder, "minimum", [n, limit])
    n = elementwise(recorder, "maximum", [n, -limit])
    return elementwise(recorder, "ldexp", [x, cast(n, x.dtype_name)])


@composed("fabs")
def fabs(recorder: Any, x: Any) -> Value:
    return elementwise(recorder, "absolute", in_loop(recorder, np.fabs, (x,)))


@composed("float_power")
def float_power(recorder: Any, x: Any, y: Any) -> Value:
    return elementwise(recorder, "power", in_loop(recorder, np.float_power, (x, y)))


@composed("conjugate")
def conjugate(recorder: Any, x: Any) -> Value:
    (x,) = in_loop(recorder, np.conjugate, (x,))
    return elementwise(recorder, "conjugate", [x])


@composed("bitwise_count")
def bitwise_count(recorder: Any, x: Any) -> Value:
    (x,) = in_loop(recorder, np.bitwise_count, (x,))
    return as_result(cast(recorder.apply("bitwise_count", [x]), "u8"))


def _of_vectors(name: str) -> Any:
    return lambda recorder, a, b: eager.call(recorder, name, a, b)


for _name in ("vecdot", "matvec", "vecmat"):
    if _name in ROWS:
        composed(_name)(_of_vectors(_name))
