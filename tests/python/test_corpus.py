"""Every function of the corpus does the same plain, jitted, scripted and traced."""

import sys
from pathlib import Path

import numpy as np
import pytest
from exact import check

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from corpus.cases import all_cases  # noqa: E402
from corpus.observed import observe, seen  # noqa: E402

import braze  # noqa: E402

CASES = all_cases()
each_case = pytest.mark.parametrize("case", CASES, ids=str)


def check_seen(got, wanted, what, ulps):
    """Fail unless two calls look the same to a program."""
    assert got.error == wanted.error, f"{what}: {got.error} instead of {wanted.error}"
    check(got.result, wanted.result, f"{what}: result", ulps)
    check(got.arguments, wanted.arguments, f"{what}: arguments", ulps)
    assert got.printed == wanted.printed, what
    assert got.identities == wanted.identities, f"{what}: what the results show"


def check_case(case, compiled):
    wanted = observe(case.make(), case)
    got = observe(compiled(case.make()), case)
    for i, (g, w) in enumerate(zip(got, wanted, strict=True)):
        check_seen(g, w, f"call {i}", case.ulps)


def test_there_are_enough():
    assert len(CASES) >= 200
    assert len({str(case) for case in CASES}) == len(CASES)


@each_case
def test_jitted(case):
    check_case(case, braze.jit)


@each_case
def test_traced(case):
    check_case(case, braze.jit(mode="trace"))


@each_case
def test_scripted(case):
    """A call either is the plain function's, or raises CompileError and has done nothing."""
    calls = case.calls * 2
    scripted = braze.script(case.make())
    results = [seen(scripted, *call.fresh()) for call in calls]
    plain = case.make()
    for i, (call, got) in enumerate(zip(calls, results, strict=True)):
        wanted = seen(plain, *call.fresh())
        if got.error is not None and got.error[0] is braze.CompileError:
            untouched = seen(lambda *args, **kwargs: None, *call.fresh())
            check(got.arguments, untouched.arguments, f"call {i}: arguments")
            assert got.printed == "", f"call {i}"
            return  # the plain function's own state has gone on
        check_seen(got, wanted, f"call {i}", case.ulps)


def test_a_difference_is_found():
    """The comparison sees values, types, layouts, arguments, errors, output and identities."""
    x = np.arange(6.0).reshape(2, 3)

    def changes(a):
        a += 1

    def prints(a):
        print("x")

    ways = [
        lambda a: a, lambda a: a[:], lambda a: a.copy(), lambda a: a.copy(order="F"),
        lambda a: a * 1.0000000000000002, lambda a: a.astype("f4"), lambda a: [a], lambda a: (a,),
        lambda a: a[5], lambda a: a + a[:, :2], changes, prints, lambda a: None,
    ]  # fmt: skip
    for i, one in enumerate(ways):
        for k, other in enumerate(ways):
            pair = [seen(f, (x.copy(order="C"),), {}) for f in (one, other)]
            if i == k:
                check_seen(*pair, "the same", 0)
            else:
                with pytest.raises(AssertionError):
                    check_seen(*pair, "different", 0)
