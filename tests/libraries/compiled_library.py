"""A pytest plugin: the tests of other libraries, whose functions are compiled where they stand.

``COMPILED=scipy.signal,scipy.linalg pytest -p compiled_library ...`` puts each function and method
that these packages define in Python behind `braze.jit`. What tests then see is to be what they see
without. Tests that compare functions by identity, pickle or print them differ by this alone.
"""

import collections
import importlib
import inspect
import os
import pkgutil
import sys
import types
import warnings

import pytest

import braze

PACKAGES = tuple(p for p in os.environ.get("COMPILED", "").split(",") if p)
OTHERS = (".tests", ".testing", ".conftest", ".__main__", ".setup")
compiled = {}  # by identity, with the function, which it keeps
calls = collections.Counter()  # of all processes, in the one that reports


def modules():
    """Import all modules of the packages."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for info in pkgutil.walk_packages(getattr(package, "__path__", []), f"{name}."):
            if any(part in f"{info.name}." for part in OTHERS):
                continue
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    importlib.import_module(info.name)
                except Exception as error:  # what needs another library
                    print(f"left out: {info.name}: {error}", file=sys.stderr)
    whole = tuple({name.partition(".")[0] for name in PACKAGES})  # others import from them
    return [m for n, m in list(sys.modules.items()) if n.startswith(whole) and m is not None]


def is_ours(value):
    """Tell whether this is a function that one of the packages defines."""
    if type(value) is not types.FunctionType or value.__name__.startswith("__"):
        return False
    module = value.__module__ or ""
    plain = not (inspect.isgeneratorfunction(value) or inspect.iscoroutinefunction(value))
    return plain and module.startswith(PACKAGES) and not any(part in module for part in OTHERS)


def jitted(function):
    if id(function) not in compiled:
        compiled[id(function)] = (function, braze.jit(function))
    return compiled[id(function)][1]


def replaced(value):
    """Return what stands for a value in a table: functions may stand in tuples and lists there."""
    if type(value) in (tuple, list) and any(map(is_ours, value)):
        return type(value)(map(replaced, value))
    return jitted(value) if is_ours(value) else value


def compile_in(owner):
    for name, value in list(vars(owner).items()):
        if is_ours(value):
            setattr(owner, name, jitted(value))
        elif isinstance(value, dict) and isinstance(owner, types.ModuleType) and name[:2] != "__":
            for key, item in list(value.items()):
                value[key] = replaced(item)
                if is_ours(key):  # a table about functions
                    value[jitted(key)] = value[key]


def pytest_configure(config):
    for module in modules():
        compile_in(module)
        for value in list(vars(module).values()):
            if inspect.isclass(value) and value.__module__.startswith(PACKAGES):
                compile_in(value)
    print(f"{len(compiled)} functions behind braze.jit", file=sys.stderr)


def pytest_sessionfinish(session):
    for function in [made for _, made in compiled.values()]:
        counts = function.stats()
        calls["compiled"] += counts["compiled_calls"] + counts["divided_calls"]
        calls["plain"] += counts["plain_calls"]
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["calls"] = dict(calls)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    calls.update(getattr(node, "workeroutput", {}).get("calls", {}))


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(f"{calls['compiled']} compiled calls, {calls['plain']} plain")
