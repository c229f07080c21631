"""Tuples, lists, dicts, sets, namedtuples and dataclasses: as arguments, as results, changed."""

import dataclasses
from collections import OrderedDict, defaultdict, deque, namedtuple
from typing import NamedTuple

import numpy as np

from corpus.cases import M, N, V, W, case

Point = namedtuple("Point", "x y")


class Moments(NamedTuple):
    mean: float
    spread: float = 1.0


@dataclasses.dataclass
class Particle:
    position: np.ndarray
    velocity: np.ndarray
    mass: float = 1.0


@dataclasses.dataclass(frozen=True)
class Parameters:
    weight: np.ndarray
    bias: float
    name: str = "layer"


@case((Point(V, W),), (Point(1.0, V),))
def namedtuple_argument(p):
    return p.x * p.x + p.y * p.y


@case((V, W), (W, V))
def namedtuple_result(a, b):
    return Point(a + b, a - b)


@case((Point(V, W),), (Point(V, 2.0),))
def namedtuple_replaced(p):
    return p._replace(x=p.x * 2)


@case((V,), (M,))
def typed_namedtuple(x):
    return Moments(x.mean(), x.std())


@case((Point(V, W),))
def namedtuple_unpacked(p):
    x, y = p
    return x * y


@case((Particle(V, W), 0.1), (Particle(M, N, 2.0), 0.5))
def dataclass_argument(p, dt):
    return p.position + dt * p.velocity / p.mass


@case((V, W), (M, N))
def dataclass_result(x, v):
    return Particle(x + v, v * 0.5, 2.0)


@case((Particle(V, W), 0.1), (Particle(M, N, 2.0), 0.5))
def dataclass_changed(p, dt):
    p.velocity = p.velocity * 0.9
    p.position += p.velocity * dt
    return p


@case((Parameters(V, 1.0), W), (Parameters(V, 2.0, "other"), W))
def frozen_dataclass(p, x):
    if p.name == "layer":
        return p.weight * x + p.bias
    return p.weight * x


@case((Parameters(V, 1.0),))
def dataclass_replaced(p):
    return dataclasses.replace(p, weight=p.weight * 2)


@case(([V, W],), ([M],))
def appends(arrays):
    out = []
    for a in arrays:
        out.append(a * 2)
    out.append(arrays[0])
    return out


@case(([V, W],), ([M, N, M],))
def changes_a_list_argument(arrays):
    arrays[0] = arrays[0] * 2
    arrays.append(arrays[0] + 1)
    return len(arrays)


@case(({"x": V},), ({"x": M, "y": 2},))
def changes_a_dict_argument(d):
    d["y"] = d["x"] * 2
    return d["y"].sum()


@case(({"x": V},), ({"y": V},))
def get_with_a_default(d):
    return V * 1 + d.get("x", 0.0)


@case((V,), (M,))
def builds_a_dict(x):
    d = {}
    d["sum"] = x.sum()
    d["twice"] = x * 2
    d.update(shape=x.shape)
    return d


@case(
    ({"lr": 0.1, "steps": 2}, V),
)
def nested_config(config, x):
    options = {**config, "decay": 0.5}
    for _ in range(options["steps"]):
        x = x - options["lr"] * x * options["decay"]
    return x


@case(([V, W],), ([V],))
def slices_of_lists(arrays):
    return arrays[::-1] + arrays[:1]


@case((V, W), (M, N))
def tuple_arithmetic(a, b):
    pair = (a,) + (b,) * 2
    return pair[0] + pair[-1], len(pair)


@case(([V, W],), ([W],))
def pop_and_insert(arrays):
    work = list(arrays)
    last = work.pop()
    work.insert(0, last * 2)
    return work


@case((V, {"a", "b"}), (V, {"c"}))
def set_argument(x, names):
    return x * 2 if "a" in names else x


@case(([(V, 1.0), (W, 2.0)],), ([],))
def list_of_pairs(pairs):
    total = 0.0
    for x, w in pairs:
        total = total + x.sum() * w
    return total


@case(
    ({"layers": [{"w": M, "b": 1.0}, {"w": M.T @ M, "b": 0.5}]}, N.T),
)
def network_of_dicts(parameters, x):
    for layer in parameters["layers"]:
        x = np.maximum(layer["w"] @ x + layer["b"], 0)
    return x


@case((V, W))
def swaps(a, b):
    a, b = b, a
    items = [a, b]
    items[0], items[1] = items[1], items[0]
    return items


@case((V,), (M,))
def shape_arithmetic(x):
    n = 1
    for s in x.shape:
        n *= s
    return x.reshape(n) * n


@case((V, (2, 3)), (V, (1,)))
def tuple_as_a_shape(x, shape):
    return np.full(shape, x[0]) + len(shape)


@case((V,))
def default_dict(x):
    d = defaultdict(list)
    for i in range(3):
        d[i % 2].append(x * i)
    return d[0] + d[1]


@case((OrderedDict(a=V, b=W),))
def ordered_dict(d):
    return [v * 2 for v in d.values()]


@case((V, 3))
def ring_of_a_deque(x, n):
    last = deque(maxlen=2)
    for i in range(n):
        last.append(x * i)
    return list(last)


@case((Moments(2.0, 3.0), V), (Moments(0.5), V))
def namedtuple_of_numbers(m, x):
    return (x - m.mean) / m.spread


@case((V, [0, 2]), (V, [1]))
def dict_of_lists(x, ks):
    d = {"a": [], "b": []}
    for k in ks:
        d["a" if k else "b"].append(x + k)
    return d


@case(({"a": V, "b": 2}, W), ({}, W))
def copied_dict(given, x):
    made = dict(given)
    made["new"] = x
    return made, given


@case((V,), (M,))
def dict_of_pairs(x):
    return (
        dict(zip("ab", (x, x * 2), strict=True)),
        dict([("a", 1), ("a", x)], b=3),
        dict(enumerate(x)),
    )
