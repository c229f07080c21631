"""How each rival runs a workload: prepared as its users would, warm, on its own arrays.

A preparation returns ``(call, collect)``: `call()` computes, `collect(result)` gives NumPy arrays.
"""

import os
import types
from collections.abc import Callable
from functools import partial

import numpy as np

from braze.bench.workload import Workload


class NotApplicable(Exception):
    """The rival cannot run this workload; the message says why."""


def rebound(function: Callable, **names) -> Callable:
    """Copy a function, and the plain functions of its module, with globals bound anew."""
    scope = dict(function.__globals__)
    scope.update(names)
    for name, value in list(scope.items()):
        if isinstance(value, types.FunctionType) and value.__module__ == function.__module__:
            scope[name] = types.FunctionType(
                value.__code__, scope, value.__name__, value.__defaults__, value.__closure__
            )
    return types.FunctionType(
        function.__code__, scope, function.__name__, function.__defaults__, function.__closure__
    )


def _numpy(workload: Workload, arguments: tuple):
    return partial(workload.run, *arguments), lambda result: result


def _braze(workload: Workload, arguments: tuple):
    import braze

    return partial(braze.jit(workload.run), *arguments), lambda result: result


def _numexpr(workload: Workload, arguments: tuple):
    function = workload.version("numexpr")
    if function is None:
        raise NotApplicable("not an expression that NumExpr takes")
    return partial(function, *arguments), lambda result: result


def _numba(workload: Workload, arguments: tuple):
    import numba

    own = workload.version("numba")
    if own:
        compiled = own(len(os.sched_getaffinity(0)))
    else:
        scope = rebound(workload.run)
        for name, value in scope.__globals__.items():
            if (
                isinstance(value, types.FunctionType)
                and value.__module__ == workload.run.__module__
            ):
                scope.__globals__[name] = numba.njit(value)
        compiled = numba.njit(scope)
    return partial(compiled, *arguments), lambda result: result


def _jax(workload: Workload, arguments: tuple):
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    own = workload.version("jax")
    if workload.steps and not own:
        raise NotApplicable("would write out the loop, and no version with lax loops is here")
    compiled = own() if own else jax.jit(rebound(workload.run, np=jnp))
    moved = [jnp.asarray(a) if isinstance(a, np.ndarray) else a for a in arguments]
    return lambda: jax.block_until_ready(compiled(*moved)), _arrays


def _tensors(arguments: tuple) -> list:
    import torch

    return [torch.from_numpy(a) if isinstance(a, np.ndarray) else _number(a) for a in arguments]


def _number(value):
    return value.item() if isinstance(value, np.generic) else value


def _torch_version(workload: Workload) -> Callable:
    function = workload.version("torch")
    if function is None:
        raise NotApplicable("no torch version of the workload")
    return function


def _torch(workload: Workload, arguments: tuple):
    return partial(_torch_version(workload), *_tensors(arguments)), _arrays


def _torch_compile(workload: Workload, arguments: tuple):
    import torch

    if workload.steps:
        raise NotApplicable("would write out the loop")
    compiled = torch.compile(_torch_version(workload))
    return partial(compiled, *_tensors(arguments)), _arrays


def _arrays(result):
    if isinstance(result, (tuple, list)):
        return tuple(np.asarray(r) for r in result)
    return np.asarray(result)


# name: (preparation, the package it needs)
RIVALS: dict[str, tuple[Callable, str]] = {
    "numpy": (_numpy, "numpy"),
    "braze": (_braze, "braze"),
    "numexpr": (_numexpr, "numexpr"),
    "numba": (_numba, "numba"),
    "jax": (_jax, "jax"),
    "torch": (_torch, "torch"),
    "torch-compile": (_torch_compile, "torch"),
}
