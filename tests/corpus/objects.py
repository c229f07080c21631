"""Methods, callable objects, properties, class and static methods, submodules, attributes."""

import types
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum, IntEnum

import numpy as np

from corpus.cases import M, N, V, W, case


class Linear:
    def __init__(self, weight, bias):
        self.weight = weight
        self.bias = bias

    def __call__(self, x):
        return x @ self.weight + self.bias

    @property
    def size(self):
        return self.weight.size

    @property
    def norm(self):
        return (self.weight**2).sum()

    @staticmethod
    def relu(x):
        return np.maximum(x, 0)

    @classmethod
    def zeros(cls, n):
        return cls(np.zeros(n), 0.0)


class Network:
    slope = 0.1

    def __init__(self, *layers):
        self.layers = list(layers)
        self.head = layers[-1]

    def forward(self, x):
        for layer in self.layers:
            x = self.activate(layer(x))
        return x

    def activate(self, x):
        return np.where(x > 0, x, self.slope * x)


class Steep(Network):
    slope = 0.5

    def activate(self, x):
        return super().activate(x) * 2


class Kernel(ABC):
    @abstractmethod
    def weigh(self, d): ...

    def smooth(self, x):
        return self.weigh(np.abs(x)) * x


class Triangle(Kernel):
    def weigh(self, d):
        return np.maximum(1 - d, 0)


class Mode(Enum):
    ADD = "add"
    SCALE = "scale"


class Level(IntEnum):
    LOW = 1
    HIGH = 3


class Slotted:
    __slots__ = ("gain",)

    def __init__(self, gain):
        self.gain = gain


@dataclass
class Adam:
    rate: float = 0.1
    step: int = 0
    history: list = field(default_factory=list)

    def update(self, p, g):
        self.step += 1
        return p - self.rate * g / self.step


class Computed:
    def __getattr__(self, name):
        if name == "gain":
            return 3.0
        raise AttributeError(name)


A = Linear(M, 1.0)
B = Linear(N.T, 0.5)


@case((A, N.T), (B, M))
def callable_object(layer, x):
    return layer(x.T if layer.weight.shape[0] != x.shape[1] else x)


@case((N.T[:, :5], A), (M[:2], B))
def attributes(x, layer):
    return x @ layer.weight * layer.size + layer.bias


@case((Network(A, B), V[:5]), (Steep(A), V[:5]))
def network(net, x):
    return net.forward(x)


@case((Triangle(), V), (Triangle(), M))
def abstract_base(kernel, x):
    return kernel.smooth(x)


@case((A, V), (B, V))
def property_with_arrays(layer, x):
    return x / layer.norm


@case((A, V), (B, M))
def static_method(layer, x):
    return layer.relu(x) + Linear.relu(-x)


@case((V, 3))
def class_method(x, n):
    layer = Linear.zeros(n)
    return x[:n] @ layer.weight + layer.bias


@case((V, Mode.ADD), (V, Mode.SCALE))
def enum_argument(x, mode):
    if mode is Mode.ADD:
        return x + 1
    if mode == Mode.SCALE:
        return x * 2
    return x


@case((V, Level.LOW), (V, Level.HIGH))
def int_enum(x, level):
    return x * level


@case((Slotted(2.0), V), (Slotted(W), V))
def slots(s, x):
    return x * s.gain


@case((Adam(), V, W), (Adam(0.5, 3), V, W))
def object_with_state(adam, p, g):
    p = adam.update(p, g)
    p = adam.update(p, g)
    return p, adam.step


@case((Computed(), V))
def computed_attribute(c, x):
    return x * c.gain


@case((Network(A), V), (Steep(A), V))
def class_attribute(net, x):
    return x * net.slope


@case((types.SimpleNamespace(a=V, b=2.0), W))
def simple_namespace(ns, x):
    return ns.a * x + ns.b


@case((Slotted(2.0), V))
def sets_an_attribute(s, x):
    s.gain = x.sum()
    return x * s.gain


@case((Network(A), V))
def has_attributes(net, x):
    if hasattr(net, "slope") and not hasattr(net, "missing"):
        return x * getattr(net, "slope")
    return x


@case((Network(A), V), (A, V))
def is_instance_of_a_class(o, x):
    return x * 2 if isinstance(o, Network) else x


@case((V,))
def makes_an_object(x):
    s = Slotted(x * 2)
    return s.gain + 1


class Accumulator:
    def __init__(self):
        self.total = 0.0

    def add(self, x):
        self.total = self.total + x
        return self


@case((V, 3))
def makes_and_changes_an_object(x, n):
    acc = Accumulator()
    for i in range(n):
        acc.add(x * i)
    return acc.total


class Vector:
    def __init__(self, data):
        self.data = data

    def __add__(self, other):
        return Vector(self.data + other.data)

    def __mul__(self, k):
        return Vector(self.data * k)

    def __len__(self):
        return len(self.data)

    def __getitem__(self, i):
        return self.data[i]


@case((Vector(V), Vector(W)))
def operators_of_a_class(a, b):
    return (a + b * 2.0).data


@case((Vector(V),))
def items_of_a_class(a):
    return a[1:] * len(a)


@case((A, N.T, V), (B, M, W))
def method_as_a_value(layer, x, y):
    f = layer.relu
    return f(y) * 2


@case((V,), made=True)
def bound_method():
    return Triangle().smooth


@case((V[:5],), made=True)
def object_called():
    return Linear(M, 1.0)


@case((V,), (V + 1,), made=True)
def counts_its_calls():
    class Counter:
        def __init__(self):
            self.calls = 0

        def __call__(self, x):
            self.calls += 1
            return x * self.calls

    return Counter()
