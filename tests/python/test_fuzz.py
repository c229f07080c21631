"""Random programs of every family of `tests/fuzz`: compiled and plain agree in all a caller sees.

`make fuzz` runs more of them; a failure prints the program in its smallest form.
"""

import ast

import numpy as np
import pytest
from fuzz.__main__ import agrees
from fuzz.compare import difference, function_of
from fuzz.families import FAMILIES, Family
from fuzz.shrink import shrink
from hypothesis import given, settings
from hypothesis import strategies as st

import braze

SEEDS = 25


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name", FAMILIES)
def test_program(name, seed, capsys):
    assert agrees(name, seed), capsys.readouterr().out


@settings(max_examples=10, deadline=None)
@given(st.integers(10_000, 10_000_000))
def test_any_program(seed):
    for name in FAMILIES:
        assert agrees(name, seed)


def test_a_seed_gives_one_program():
    for family in FAMILIES.values():
        assert family.source(5) == family.source(5)
        assert family.source(5) != family.source(6)
        first, second = (family.prepare(family.kinds(3)[0]) for _ in range(2))
        assert repr(family.contents(first)) == repr(family.contents(second))


@pytest.mark.filterwarnings("ignore")
def test_most_programs_with_islands_have_regions():
    divided = regions = programs = 0
    family = FAMILIES["islands"]
    for seed in range(20):
        try:
            compiled = braze.jit(function_of(family.source(seed)))
        except SyntaxError:
            continue
        for kind in family.kinds(seed):
            try:
                compiled(*family.prepare(kind))
            except Exception as error:
                assert not isinstance(error, braze.InternalError)
        stats, programs = compiled.stats(), programs + 1
        divided, regions = divided + stats["divided_calls"], regions + stats["regions"]
    assert divided > programs and regions > programs


WRONG = """
def f(a, k):
    b = a * 2
    if k > 1:
        b = b + wrong(a)
    c = b - 1
    return c, b.sum()
"""


def test_a_difference_is_found_and_made_small(monkeypatch):
    """A function whose compiled form is made to differ stands for a fault of braze."""
    import fuzz.compare

    plain = function_of

    def with_wrong(source):
        made = plain(source)
        made.__globals__["wrong"] = Wrong()
        return made

    monkeypatch.setattr(fuzz.compare, "function_of", with_wrong)
    family = Family(None, None, lambda k: [np.ones(3), k])
    found = difference(family, WRONG, [1, 2], "hybrid")
    assert found is not None and found[1] == 1
    small = shrink(WRONG, lambda text: difference(family, text, [2], "hybrid") is not None)
    assert "wrong(" in small and "if" not in small and "sum" not in small
    assert len(ast.parse(small).body[0].body) <= 3


class Wrong:
    """Gives another number at each call, as a program must not."""

    def __init__(self):
        self.calls = 0

    def __call__(self, a):
        self.calls += 1
        return float(self.calls)
