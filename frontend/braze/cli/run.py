"""``braze run``: call a function compiled and plain, and compare."""

import time

import click
import numpy as np

from braze.cli.errors import Mistake, reports_mistakes
from braze.cli.target import example_arguments, load


@click.command(short_help="Call a function and compare with plain NumPy.")
@click.argument("target", metavar="FILE.py:FUNC")
@click.option(
    "--args", "arguments", default="", help="Types of the arguments: 'f32[n,128] float i64=3'."
)
@click.option("--inputs", metavar="FILE.npz", help="Arguments from an archive, in its order.")
@reports_mistakes
def run(target, arguments, inputs):
    """Call a function on made-up or saved arguments, compiled and plain, and compare the results.

    \b
    Example:
      braze run examples/gelu.py:gelu --args 'f32[1000000]'
    """
    if inputs and arguments:
        raise click.UsageError("give --args or --inputs, not both")
    function = load(target)
    values = _load_inputs(inputs) if inputs else example_arguments(arguments)
    plain, plain_seconds = _call(function.__wrapped__, values)
    _call(function, values)
    compiled, seconds = _call(function, values)
    for line in _describe(compiled):
        click.echo(line)
    times = f"{_ms(seconds)} compiled, {_ms(plain_seconds)} plain"
    click.echo(f"{_verdict(plain, compiled)}; {times}")


def _load_inputs(path: str) -> list:
    try:
        with np.load(path) as archive:
            return [archive[name] for name in archive.files]
    except (ValueError, OSError, EOFError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise Mistake(f"{path}: not an archive of arrays ({error})") from None


def _call(function, values):
    start = time.perf_counter()
    try:
        result = function(*values)
    except Exception as error:
        raise Mistake(f"the function raised {type(error).__name__}: {error}") from None
    return result, time.perf_counter() - start


def _describe(result, name: str = "result") -> list[str]:
    if isinstance(result, (tuple, list)):
        return [line for i, part in enumerate(result) for line in _describe(part, f"{name}[{i}]")]
    if isinstance(result, np.ndarray) and result.size > 8:
        few = np.array2string(result.reshape(-1)[:4], precision=6, separator=", ")[1:-1]
        return [f"{name}: {result.dtype}{list(result.shape)} {few}, ..."]
    return [f"{name}: {result!r}"]


def _distance(plain, compiled) -> float | None:
    """Return the largest distance in ulp between two results; None if they differ in kind."""
    if type(plain) is not type(compiled):
        return None
    if isinstance(plain, (tuple, list)):
        parts = [_distance(p, c) for p, c in zip(plain, compiled, strict=False)]
        alike = len(plain) == len(compiled) and None not in parts
        return max(parts, default=0.0) if alike else None
    if not isinstance(plain, (np.ndarray, np.generic)):
        return 0.0 if plain == compiled else None
    p, c = np.asarray(plain), np.asarray(compiled)
    if p.dtype != c.dtype or p.shape != c.shape:
        return None
    if p.dtype.kind != "f":
        return 0.0 if np.array_equal(p, c) else None
    differ = ~((p == c) | (np.isnan(p) & np.isnan(c)))
    if not np.all(np.isfinite(p[differ]) & np.isfinite(c[differ])):
        return None
    steps = np.abs(p[differ].astype("f8") - c[differ].astype("f8")) / np.spacing(np.abs(p[differ]))
    return float(np.max(steps, initial=0.0))


def _verdict(plain, compiled) -> str:
    distance = _distance(plain, compiled)
    if distance is None:
        return "NOT the same as plain NumPy"
    if distance == 0:
        return "the same as plain NumPy, bit for bit"
    return f"at most {distance:.0f} ulp from plain NumPy"


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.3g} ms"
