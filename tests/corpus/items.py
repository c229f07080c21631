"""Items one by one: `next`, `in`, methods of lists that look at items, choices among tuples."""

import numpy as np

from corpus.cases import INTS, LONG, M, V, case

SEVENS = np.arange(20) % 7


@case((V, 1.0), (V, 50.0))
def first_that_fits(x, limit):
    return next(i for i, v in enumerate(x) if v > limit)


@case((V, 1.0), (V, 50.0))
def first_or_default(x, limit):
    return (
        next((i for i, v in enumerate(x) if v > limit), -1),
        next((v for v in x if v > limit), None),
    )


@case((V,), (V - 10,), (V[:1],))
def next_twice(x):
    doubled = (v * 2 for v in x if v > 0)
    return next(doubled), next(doubled)


@case((V,), (V[:1],), (V[:0],))
def first_and_rest(x):
    items = iter(x)
    total = next(items)
    for v in items:
        total = total * 0.5 + v
    return total


@case((V,), (V[:3],))
def two_at_a_time(x):
    items = iter(x)
    return [next(items) + next(items) for _ in range(len(x) // 2)]


@case((V,))
def rest_of_a_generator(x):
    squares = (v * v for v in x)
    first = next(squares)
    return first, sum(squares)


@case((V,))
def until_none_is_left(x):
    items = (v for v in x)
    n = 0
    while (v := next(items, None)) is not None:
        n += 1 if v > 0 else 2
    return n


@case((INTS,), (np.array([2, 2, 9]),))
def one_of_some(a):
    return sum(1 for v in a if v in (1, 2, 3)), sum(1 for v in a if v not in {9, 4})


@case((V, 0.5), (np.array([0.5, np.nan]), np.nan))
def one_of_floats(x, a):
    n = 0
    for v in x:
        if v in (a, 0.5, -2.0):
            n += 1
    return n


@case((INTS,))
def pair_among_pairs(a):
    n = 0
    for i in range(len(a)):
        if (i, int(a[i])) in ((0, 3), (2, 4), (5, 5)):
            n += 1
    return n


@case((INTS, 3))
def equal_tuples(a, k):
    return (int(a[0]), int(a[1])) == (k, -1), [int(a[0]), 2] != [3, 2], (a[0], 1) == (3,)


@case((V,))
def nearest_point(x):
    points = [(v, -v) for v in x]
    return min(points, key=lambda p: abs(p[0] - 0.3))


@case((INTS,), (SEVENS,))
def sorts_a_list(a):
    items = [int(v) for v in a]
    items.sort()
    top = [v for v in a if v > 0]
    top.sort(key=lambda v: -v)
    return items, top


@case((SEVENS, 4), (SEVENS, 99))
def looks_for(a, wanted):
    items = []
    for v in a:
        if v != 3:
            items.append(int(v))
    return items.index(wanted), items.count(wanted)


@case((INTS,), (np.arange(30) % 11,))
def inserts_in_order(a):
    out = []
    for v in a:
        k = 0
        while k < len(out) and out[k] < v:
            k += 1
        out.insert(k, int(v))
    return out


@case((SEVENS, 4), (SEVENS, 99))
def removes_all(a, unwanted):
    items = [int(v) for v in a]
    while unwanted in items:
        items.remove(unwanted)
    return items


@case((SEVENS, 3), (SEVENS, -2), (SEVENS, 40))
def takes_from_the_middle(a, k):
    items = [int(v) for v in a]
    total = 0
    for _ in range(5):
        total += items.pop(k)
    return total, items


@case((np.arange(12) % 5,), (np.array([1, 2, 1]),))
def reads_the_same_backwards(a):
    items = [int(v) for v in a]
    return items == items[::-1]


@case((V,))
def to_one_of_two_lists(x):
    above, below = [], []
    for v in x:
        (above if v > 0 else below).append(v)
    return above, below


@case((V,), (V * 1e300,))
def rounds(x):
    return [round(v, 2) for v in x], round(float(x[0])), [round(v) for v in x[:2]]


@case((M,), (M - 10,))
def first_row_that_fits(m):
    row = next((r for r in m if r[0] > 0), None)
    if row is None:
        return 0
    return row * 2


def running(items):
    total = 0
    for v in items:
        total += v
        yield total


def parts_of(x, size):
    for i in range(len(x) - size + 1):
        yield x[i : i + size]


def numbers_from(n):
    while True:
        yield n
        n += 1


def ends(x):
    yield x[0]
    yield from x[1:3]
    yield x[-1]


@case((V,), (LONG,))
def sums_of_squares(x):
    return list(running(v * v for v in x)), sum(running(x)), max(running(x))


@case((LONG, 5), (V, 3))
def means_of_parts(x, size):
    return np.array([part.mean() for part in parts_of(x, size)])


@case((LONG,))
def first_place_above(x):
    for n in numbers_from(3):
        if x[n] > 0:
            break
    return n


@case((LONG,))
def positive_sums(x):
    total = 0.0
    for v in running(x):
        if v > 0:
            continue
        total += v
    return total


@case((LONG,))
def inner_generator(x):
    def above(limit):
        for v in x:
            if v > limit:
                yield v

    n = 0
    for _ in above(0.5):
        n += 1
    return n, [v for v in above(0.9)], any(v > 0.99 for v in above(0.5))


@case((V,))
def yields_from_others(x):
    return list(ends(x)), sum(v for v in ends(x))


class Tree:
    def __init__(self, value, *below):
        self.value = value
        self.below = below

    def __iter__(self):
        yield self.value
        for one in self.below:
            yield from one


@case((Tree(1.0, Tree(2.0), Tree(3.0, Tree(4.0))),))
def sum_of_a_tree(tree):
    first, *_ = tree
    return sum(tree), first


DIRECTIONS = [(0, 1), (1, 0), (0, -1), (-1, 0)]
WEIGHTS = [0.5, 1.5, 2.5, -1.0]


@case((SEVENS % 5,), (-SEVENS % 4,), (SEVENS,))
def turns(steps):
    x = y = facing = 0
    for k in range(len(steps)):
        facing = (facing + steps[k]) % 4
        dx, dy = DIRECTIONS[facing]
        x += dx * steps[k]
        y += dy * steps[k]
    return abs(x) + abs(y)


@case((SEVENS % 4,), (SEVENS,), ((SEVENS % 3).tolist(),))
def weights_at(steps):
    total = 0.0
    for s in steps:
        total += WEIGHTS[s]
    return total


@case((SEVENS % 4,), (-SEVENS % 4,), (SEVENS,))
def from_a_tuple(steps):
    total = 0
    for k in range(len(steps)):
        total += (3, 1, 4, 1)[steps[k]]
    return total


@case((SEVENS % 3, [1.0, 2.0, 3.0]), (SEVENS % 3, [1, 2, 3]), (SEVENS, [1.0, 2.0, 3.0]))
def looked_up_then_changed(steps, values):
    total = 0.0
    for k in range(len(steps)):
        total += values[steps[k]]
    values[0] = total
    return total


@case((SEVENS % 3, [1.0, 2.0, 3.0]))
def changed_then_looked_up(steps, values):
    values[1] = 7.0
    total = 0.0
    for k in range(len(steps)):
        total += values[steps[k]]
    return total
