"""Who sees a change: iterators that run later, objects with arrays, names around functions."""

from corpus.cases import M, N, V, W, case
from corpus.containers import Particle, Point
from corpus.objects import Accumulator, Slotted, Vector


@case((V,), (M,))
def generator_consumed_later(x):
    k = 2
    scaled = (k * v for v in (x, x))
    k = 3
    return sum(scaled)


@case((V, W), (M, N))
def zip_of_a_list_that_grows(a, b):
    items = [a]
    pairs = zip(items, [b, b])
    items.append(b)
    total = 0
    for p, q in pairs:
        total = total + p * q
    return total


@case((V, W), (M, N))
def items_of_a_dict_that_grows(a, b):
    d = {"a": a}
    items = d.items()
    d["b"] = b
    return [k for k, _ in items], sum(v for _, v in items)


@case((V,), (M,))
def map_consumed_later(x):
    y = x.copy()
    doubled = map(lambda v: v * 2, [y])
    y += 1
    return list(doubled)


@case((V, W), (M, N))
def two_names_of_an_object(x, y):
    p = Slotted(x)
    q = p
    p.gain = y
    return q.gain, p is q


@case((V,), (M,))
def object_that_holds_an_argument(x):
    p = Slotted(x)
    p.gain += 1
    p.gain *= 2
    return p


@case((V, W), (M, N))
def object_returned_with_its_array(x, y):
    p = Particle(x, y)
    p.velocity[0] = 7.0
    return p, p.velocity


@case((V,), (-V,))
def object_changed_in_a_branch(x):
    p = Slotted(1.0)
    if x.sum() > 0:
        p.gain = 2.0
    return x * p.gain


@case((V, 3), (V, 0), (V, 300))
def object_changed_in_a_loop(x, n):
    acc = Accumulator()
    for i in range(n):
        acc.add(x.sum() * i)
    return acc.total


@case((V,), (M,))
def the_same_object_twice(x):
    p = Slotted(x * 2)
    return p, p


@case((V, W))
def objects_in_containers(x, y):
    parts = [Slotted(x), Slotted(y)]
    parts[0].gain = parts[1].gain
    parts[1].gain += 1
    return [p.gain for p in parts]


@case((V, W), (M, N))
def named_tuple_of_a_changed_array(x, y):
    p = Point(x, y)
    x += 1
    return p, p.x.sum()


@case((Point(V, W),), (Point(M, N),))
def named_tuple_argument_changed(p):
    p.x[0] = 9.0
    p.y[...] = p.x
    return p.x.max()


@case((V, 2), (V, 5))
def names_around_functions(x, n):
    log = []
    total = 0.0

    def add(k):
        nonlocal total
        total += k
        log.append(k)
        return total

    y = [x * add(k) for k in range(n)]
    return y, total, log


@case((V, 3), (V, 5))
def names_that_a_comprehension_hides(x, n):
    k = 1
    scaled = lambda y: y * k
    return [scaled(x) + k for k in range(n)], k


@case((V, 3))
def nonlocal_that_a_comprehension_hides(x, n):
    k = 1

    def count():
        nonlocal k
        k += 1
        return k

    return [(count(), k * x) for k in range(n)], k


@case((V, 3))
def walrus_seen_by_a_function(x, n):
    last = x

    def doubled():
        return last * 2

    return [doubled() + (last := x * k) for k in range(n)], last


@case((V,), (-V,))
def nonlocal_in_a_branch(x):
    scale = 1.0

    def double():
        nonlocal scale
        scale = scale * 2

    if x.sum() > 0:
        double()
    return x * scale


@case((V, 4), (V, 200))
def nonlocal_in_a_loop(x, n):
    s = 0.0

    def add(v):
        nonlocal s
        s = s + v

    for i in range(n):
        add(x[i % 7])
    return s


@case((V,), (-V,))
def list_changed_in_a_branch(x):
    items = [x]
    if x.sum() > 0:
        items.append(x * 2)
    return len(items), items[-1]


@case((V, 3), (V, 100))
def list_changed_in_a_loop(x, n):
    items = []
    for i in range(n):
        items.append(i)
    return x * len(items)


@case((V, W), (W, V))
def dict_changed_through_a_helper(x, y):
    def put(d, k, v):
        d[k] = v
        return d

    d = {}
    e = put(d, "x", x)
    put(e, "y", y)
    return d["x"] + e["y"], d is e


@case((Vector(V), Vector(W)))
def method_that_makes_an_object(a, b):
    c = a.__mul__(2.0)
    c.data = c.data + b.data
    return c.data, a.data


@case((V,), (M,))
def default_list_is_shared(x):
    def gather(v, into=[]):
        into.append(v)
        return len(into)

    return gather(x) + gather(x), x * 2


@case((V, W))
def slices_of_lists_are_copies(x, y):
    a = [x, y]
    b = a[:]
    b[0] = y
    b += [x]
    return a[0], len(a), len(b)


@case((V,), (M,))
def views_after_the_array_is_rebound(x):
    y = x * 2
    v = y[1:]
    y = y + 1
    v[...] = 0
    return y, v


@case((V,), (-V,))
def pattern_that_binds(x):
    k = 1
    match (x.ndim, "vector"):
        case (2, name):
            k = 2
        case (1, name) if name == "vector":
            k = 3
    return x * k, name
