"""Script and trace give one graph, and running it gives NumPy's answer."""

import numpy as np
import pytest
from programs import PROGRAMS
from same import assert_same

import braze
from braze import _core
from braze.dispatch.recording import record

CASES = pytest.mark.parametrize("function", PROGRAMS, ids=lambda f: f.__name__)


def simplified(graph):
    graph = graph.copy()
    names = [name for name, _ in _core.pipeline]
    _core.run_passes(graph, only=names[: names.index("fuse")], verify=True)
    return str(graph)


def layouts(arguments):
    """The same values, contiguous or not."""
    yield "contiguous", arguments
    yield "fortran", each(arguments, np.asfortranarray)
    yield "strided", each(arguments, lambda a: np.repeat(a, 2, axis=-1)[..., ::2])
    yield "reversed", each(arguments, lambda a: a[..., ::-1].copy()[..., ::-1])


def each(arguments, change):
    return tuple(change(a) if isinstance(a, np.ndarray) else a for a in arguments)


@CASES
def test_script_and_trace_give_the_same_graph(function):
    arguments = PROGRAMS[function]
    script, trace = (record(function, arguments, {}, mode) for mode in ("script", "trace"))
    assert simplified(script.graph) == simplified(trace.graph)
    assert script.structure == trace.structure


@CASES
@pytest.mark.parametrize("mode", ["script", "trace"])
def test_the_graph_reads_back(function, mode):
    graph = record(function, PROGRAMS[function], {}, mode).graph
    graph.verify()
    assert str(braze.parse(str(graph))) == str(graph)
    assert braze.Graph.from_json(graph.to_json()) == graph


@CASES
@pytest.mark.parametrize("mode", ["script", "trace"])
def test_the_result_is_numpys(function, mode):
    compiled = braze.jit(function, mode=mode, fallback=False)
    for name, arguments in layouts(PROGRAMS[function]):
        copies = each(arguments, np.copy)
        assert_same(compiled(*arguments), function(*arguments), ulps=16, what=name)
        for given, copy in zip(arguments, copies, strict=True):
            assert_same(given, copy, ulps=0, what="an argument has changed")
    assert compiled.stats()["compiled_calls"] > 0


@CASES
def test_the_reference_engine_agrees(function):
    arguments = PROGRAMS[function]
    recording = record(function, arguments, {}, "script")
    given = [source.read(arguments) for source in recording.inputs]
    graph = recording.graph.copy()
    _core.run_passes(graph, only=["decompose", "align"], verify=True)
    results = _core.interpret(graph, *given)
    plan = _core.Plan(graph, kernels=False).run(*given)
    assert results is not None and plan is not None
    assert_same(plan, results, ulps=0)
