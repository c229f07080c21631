"""The registry of NumPy functions and array methods that values know, filled by family modules."""

from collections.abc import Callable
from typing import Any

import numpy as np

from braze.arrays.signatures import check_call, parameters_of, parameters_of_method
from braze.errors import Unsupported, refuse
from braze.record.value import Value, any_value, is_value

# A NumPy function -> f(recorder, *args, **kwargs).
FUNCTIONS: dict[Any, Callable] = {}
# A method of ndarray -> f(value, *args, **kwargs).
METHODS: dict[str, Callable] = {}
# The same where the first way is refused: as a step that calls NumPy.
INSTEAD: dict[Any, Callable] = {}
INSTEAD_OF_METHOD: dict[str, Callable] = {}
# A ufunc that is no row of the op table, by name -> f(recorder, *operands).
UFUNCS: dict[str, Callable] = {}


def composed(*names: str) -> Callable:
    """Register the decorated function as what these ufuncs are."""

    def register(implementation: Callable) -> Callable:
        for name in names:
            UFUNCS[name] = implementation
        return implementation

    return register


def implements(*functions: Any) -> Callable:
    """Register the decorated function as what braze does for NumPy functions."""

    def register(implementation: Callable) -> Callable:
        for function in functions:
            FUNCTIONS[function] = implementation
        return implementation

    return register


def method(*names: str, functions: tuple = ()) -> Callable:
    """Register f(value, ...) as methods of ndarray, and as NumPy functions of the same meaning."""

    def register(implementation: Callable) -> Callable:
        for name in names:
            METHODS[name] = implementation
        for function in functions:
            FUNCTIONS[function] = on_array(implementation)
        return implementation

    return register


def on_array(implementation: Callable) -> Callable:
    """Make a function of the recorder and an operand of one that takes a value."""

    def call(recorder: Any, a: Any, *args: Any, **kwargs: Any) -> Any:
        return implementation(array_like(recorder, a), *args, **kwargs)

    call.__module__ = implementation.__module__
    return call


def array_like(recorder: Any, a: Any) -> Value:
    """Return an operand as a value, a list of values as the array of them."""
    if type(a) in (list, tuple) and any_value(a):
        return FUNCTIONS[np.array](recorder, a)
    return recorder.operand(a)


def call_function(recorder: Any, function: Any, args: tuple, kwargs: dict) -> Any:
    """Record a call of a NumPy function."""
    implementation = FUNCTIONS.get(function) or INSTEAD.get(function)
    if implementation is None:
        module = getattr(function, "__module__", None) or "numpy"
        raise refuse(f"{module}.{getattr(function, '__name__', function)}")
    check_call(parameters_of(function), function.__name__, len(args), kwargs)
    args, kwargs = [flag(a) for a in args], {k: flag(a) for k, a in kwargs.items()}
    other = INSTEAD.get(function)
    return either_way(implementation, other, recorder, args, kwargs)


def either_way(way: Callable, other: Callable | None, first: Any, args: list, kwargs: dict) -> Any:
    """Record a call in one way, or in another where the first is refused."""
    if other is None:
        return way(first, *args, **kwargs)
    try:
        return way(first, *args, **kwargs)
    except Unsupported as error:
        try:
            return other(first, *args, **kwargs)
        except Unsupported:
            raise error from None


def flag(option: Any) -> Any:
    """Return a bool of Python's that is an argument, and an option, as it is now, under a guard."""
    is_bool = is_value(option) and option.kind == "python" and option.dtype_name == "b1"
    return option.static() if is_bool and option.can_be_static else option


def install() -> None:
    """Give `Value` the registered methods of ndarray."""

    def bound(name: str, implementation: Callable) -> Callable:
        def call(self: Value, *args: Any, **kwargs: Any) -> Any:
            if not hasattr(self.python_type, name):
                self.check_numpy(name)
                raise refuse(f"the method {name} of a NumPy scalar, which has none")
            check_call(parameters_of_method(name), name, len(args) + 1, kwargs)
            args, kwargs = [flag(a) for a in args], {k: flag(a) for k, a in kwargs.items()}
            return either_way(implementation, INSTEAD_OF_METHOD.get(name), self, args, kwargs)

        call.__name__ = name
        return call

    for name, implementation in METHODS.items():
        setattr(Value, name, bound(name, implementation))
