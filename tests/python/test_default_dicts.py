"""Dicts as defaults: what a call puts into them, the next call finds."""

import numpy as np
import pytest
from exact import check

import braze


def defaults_that_calls_change():
    def kept(k, v, d={}):  # noqa: B006
        d[k] = v
        return d, len(d), {**d}, sorted(d.items(), key=lambda item: item[0]), dict(d)

    def keyword(k, v, *, d={"z": 1}):  # noqa: B006
        d[k] = d.get("z", 0) + v
        return [key for key in d], d.get(k)

    def cached(k, v, memo={}):  # noqa: B006
        if k in memo:
            return memo[k]
        memo[k] = v * 2
        return memo[k]

    def nested(k, v, d=({},)):  # noqa: B006
        d[0][k] = v
        return dict(d[0])

    def arrays(k, v, d={"x": np.zeros(2)}):  # noqa: B006, B008
        d["x"] += v
        return d["x"] * 1.0

    def options(k, v, *rest, d={"scale": 2.0}, **others):  # noqa: B006
        return v * d["scale"], others

    return kept, keyword, cached, nested, arrays, options


@pytest.mark.parametrize("mode", ["hybrid", "trace"])
@pytest.mark.parametrize("which", range(6))
def test_dicts_as_defaults(mode, which):
    plain = defaults_that_calls_change()[which]
    jitted = braze.jit(defaults_that_calls_change()[which], mode=mode)
    for k, v in (("a", 1), ("b", 2.5), ("a", 4), ("c", 5), ("b", 6), ("z", 7)):
        check(jitted(k, v), plain(k, v))
    given = {"a": 1, "scale": 3.0, "x": np.ones(2)}
    for function in (jitted, plain):
        function("q", 2, d=given) if which in (0, 1, 5) else None
    check(jitted("z", 8), plain("z", 8))
    if which == 5:
        for function in (jitted, plain):
            function.__kwdefaults__["d"]["scale"] = 9.0
        check(jitted("a", 1.0, 2, other=3), plain("a", 1.0, 2, other=3))
