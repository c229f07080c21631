"""Calls of NumPy's random numbers while they are recorded.

A generator is an int in the graph, by which the run finds the object. Each call takes the number of
calls so far and gives the next one, so they stay in order, and none is left out or made twice. What
a call of the plan has drawn is taken back where the plain function has to run in its place.
"""

from typing import Any

import numpy as np

from braze.arrays.eager.rows import ROWS
from braze.arrays.eager.steps import Call, constant, fresh, type_of
from braze.arrays.shapes import known_sizes
from braze.arrays.ufuncs import put
from braze.errors import refuse
from braze.record.dtypes import TO_NUMPY
from braze.record.slots import Kept
from braze.record.sources import Source
from braze.record.value import Value, is_value

SIZES = ("size", "d")
COUNT = ("python", "i64", [])
MODULES = ("numpy.random._generator", "numpy.random.mtrand")


class Drawn(Kept):
    """How many calls have drawn so far."""

    def __init__(self, owner: Any, key: str) -> None:
        super().__init__(owner, key)
        self.value = 0


class Made:
    """A generator that the function makes."""

    def __init__(self, handle: Value, kind: str) -> None:
        self.handle = handle
        self.kind = kind


class Method:
    """A method of a generator, or a function of numpy.random."""

    def __init__(self, generator: Any, name: str) -> None:
        self.generator = generator
        self.name = name

    def __call__(self, frame: Any, *args: Any, **kwargs: Any) -> Any:
        kind = kind_of(self.generator)
        found = rows().get(f"random.{kind}.{self.name}")
        if found is None:
            raise refuse(f"{kind}.{self.name}")
        recorder = frame.recorder
        return record(recorder, found, (handle(recorder, self.generator), *args), kwargs)


class Maker:
    """A function of numpy.random that makes a generator."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, frame: Any, *args: Any, **kwargs: Any) -> Made:
        made = record(frame.recorder, rows()[f"random.{self.name}"], args, kwargs)
        return Made(made, "Generator" if self.name == "default_rng" else self.name)


def is_generator(value: Any) -> bool:
    """Tell whether this is a generator from outside, or one that the function makes."""
    if type(value) is Made:
        return True
    return type(value).__module__ in MODULES and type(value).__name__ in (
        "Generator",
        "RandomState",
    )


def kind_of(generator: Any) -> str:
    return generator.kind if type(generator) is Made else type(generator).__name__


def rows() -> dict:
    """Return the table, with the rows of random numbers."""
    import braze.arrays.eager.draw_rows  # noqa: F401

    return ROWS


def handle(recorder: Any, generator: Any) -> Value:
    """Return what stands for a generator in the graph."""
    if type(generator) is Made:
        return generator.handle
    known = recorder.origins.get(id(generator))
    return recorder.input(Source(("const", generator)) if known is None else known[1], generator)


def function_of(recorder: Any, function: Any) -> Method | Maker | None:
    """Return what a function of numpy.random does, if it is one."""
    module = getattr(function, "__module__", None) or ""
    owner = getattr(function, "__self__", None)
    if not module.startswith("numpy.random") and type(owner).__module__ not in MODULES:
        return None
    name = function.__name__
    if getattr(np.random, name, None) is not function:
        return None
    recorder.guard(Source(("attr", np.random, name)), "is", function)
    if name in ("default_rng", "RandomState"):
        return Maker(name)
    legacy = np.random.mtrand._rand
    return Method(legacy, name) if owner is legacy or name == "seed" else None


class Draw(Call):
    """A call that draws."""

    shape: list | None = None  # of the result, if it is given

    def prepared(self, name: str, given: Any, operands: list[str]) -> Any:
        if name == "check_valid":
            return "raise" if given == "warn" else constant(given)  # the plain function warns
        if name in SIZES:
            return given if given is None else self.sized(name, given)
        if name == "dtype":
            return given if given is None else np.dtype(given).name
        return super().prepared(name, given, operands)

    def sized(self, name: str, given: Any) -> Any:
        if name == "d" and not given:
            return ()
        self.shape = known_sizes(self.recorder, given)
        sizes = [Value.of_size(self.recorder, size) for size in self.shape]
        noted = tuple(self.noted(size) if is_value(size) else size for size in sizes)
        return noted[0] if name == "size" and len(noted) == 1 else noted

    def tried(self) -> Any:
        """Call the method of a generator that nobody else has."""
        from braze.arrays.eager import draw_rows

        if self.row.draws == "makes":
            return 0
        kind, name = self.row.name.split(".")[1:]
        if name == "seed":
            return None
        if self.row.copies >= 0:
            return self.stand_in(self.argument("x"), 3)
        self.trial = {"self": draw_rows.KINDS[kind](np.random.MT19937(0))}
        if "pvals" in self.given:
            self.trial["pvals"] = [1.0]
        for option, number in draw_rows.TRIED.items():
            if option in self.given and not self.dims(option):
                self.trial[option] = self.like(self.given[option], number)
        for option in SIZES:
            if self.given.get(option) is not None and self.shape is not None:
                self.trial[option] = (1,) * len(self.shape)
        if is_value(self.given.get("p")) and self.dims("p"):
            self.trial["p"] = None  # weights, which add up to 1
        return super().tried()

    def stand_in(self, given: Any, usual: int) -> Any:
        """Return arrays of one element where the result's sizes are given."""
        if self.shape is not None and is_value(given) and given.is_array:
            return np.ones((1,) * len(given.dims), TO_NUMPY[given.dtype_name])
        return super().stand_in(given, usual)

    def like(self, given: Any, number: Any) -> Any:
        """Return a number of the type of an argument."""
        of = self.stand_in(given, 1)
        return type(of)(number) if isinstance(number, int) else number

    def types(self) -> Any:
        example = self.tried()
        if example is None:
            return COUNT, None
        return [type_of(example, list(self.row.sizes(self))), COUNT], example


def record(recorder: Any, row: Any, args: tuple, kwargs: dict) -> Any:
    """Record a call that draws, or makes a generator."""
    if "check_valid" in row.parameters:
        kwargs = {"check_valid": "warn", **kwargs}
    call = Draw(recorder, row, args, kwargs)
    types, example = call.types()
    drawn = recorder.storage.slot(Drawn, Drawn, "drawn")
    operands = [*call.operands, recorder.operand(drawn.value)]
    node = recorder.add("eager", operands, call=call.text(), size=0, type=types)
    if example is None:
        recorder.storage.assign(drawn, node)
        return None
    result, count = (recorder.add("item", [node], index=i) for i in range(2))
    recorder.storage.assign(drawn, count)
    if row.copies < 0:
        return fresh(result)
    put(call.argument("x"), fresh(result))
    return None


def close(recorder: Any) -> None:
    """Have all that draws be done, whatever its results are for."""
    drawn = recorder.storage.slot(Drawn, Drawn, "drawn").value
    if is_value(drawn):
        recorder.add("require", [recorder.add("less_equal", [recorder.operand(0), drawn])])
