"""Lists to which loops append: they become arrays, and lists again where they are given back."""

import warnings

import numpy as np
import pytest
from exact import check

import braze


def sums(x, n):
    out = []
    for _ in range(n):
        x = x * 0.9 + 1
        out.append(x.sum())
    return np.array(out)


def sums_and_the_last(x, n):
    out = []
    for _ in range(n):
        x = x * 0.9 + 1
        out.append(x.sum())
    return out, x


def with_the_first(x, n):
    out = [x]
    for _ in range(n):
        x = x * 0.9 + 1
        out.append(x)
    return np.array(out)


def halves(n):
    out = [0.5]
    for i in range(1, n, 2):
        out.append(i * 0.5)
    return out


def pairs(a, b, n):
    t = []
    for _ in range(n):
        a, b = b * 0.5, a + b
        t.append((a, b))
    return t


def pairs_as_an_array(a, b, n):
    t = [(a, b)]
    for _ in range(n):
        a, b = b * 0.5, a + b
        t.append((a, b))
    return np.array(t)


def arrays(x, n):
    hs = []
    for i in range(n):
        h = np.tanh(x + i)
        hs.append(h)
    return hs


def changed_after_appending(x, n):
    hs = []
    for i in range(n):
        h = np.tanh(x + i)
        hs.append(h)
        h += 1
    return np.stack(hs)


def two_lists(x, n):
    hs = []
    ks = []
    for i in range(n):
        hs.append(x[i % 3])
        hs.append(x[0])
        ks.append(i)
    return np.array(hs), ks, len(hs), hs[-1], ks[2]


def read_by_a_loop(x, n):
    kept = []
    for i in range(n):
        x = np.sqrt(x + i)
        kept.append(x.max())
    s = 0.0
    for v in kept:
        s += v
    return s, np.mean(kept), np.max(kept)


def on_a_condition(x, n):
    kept = []
    for i in range(n):
        if x[i % 3] > 1:
            kept.append(i)
    return kept


def by_another_name(x, n):
    kept = []
    m = kept
    for i in range(n):
        kept.append(i * 2)
    return m


def read_while_it_grows(x, n):
    kept = []
    for i in range(n):
        kept.append(i * 2)
        if len(kept) > 3:
            x = x + 1
    return x


def lists_in_a_loop(x, n):
    rows = []
    for i in range(n):
        r = []
        for j in range(n):
            r.append(x[0] * i + j)
        rows.append(np.array(r))
    return np.array(rows)


def what_was_given_first(x, n):
    kept = []
    for _ in range(n):
        kept.append(x)
        x = x + 1
    return kept


def the_argument_itself(x, n):
    kept = []
    for _ in range(n):
        x += 1
        kept.append(x)
    return kept


def copies(x, n):
    kept = []
    for _ in range(n):
        x += 1
        kept.append(x.copy())
    return kept, np.array(kept)


def changed_items(x, n):
    kept = []
    for i in range(n):
        kept.append(x * i)
    a = np.array(kept)
    a[0] = 7
    kept[1][0] = 5
    return a, kept


def text_of_it(x, n):
    kept = []
    for i in range(n):
        kept.append(i)
    return f"{kept}", x


def its_type(x, n):
    kept = []
    for i in range(n):
        kept.append(i)
    return str(kept), type(kept), isinstance(kept, list), x


def compared(x, n):
    kept = []
    for i in range(n):
        kept.append(i)
    return kept == [1], 3 in kept, bool(kept), (x if kept else x + 1)


def as_a_list(x, n):
    kept = []
    for i in range(n):
        kept.append(i)
    kept.append(5)
    kept[0] = 3
    return (
        kept,
        kept + [1],
        kept * 2,
        kept[1:3],
        sorted(kept),
        tuple(kept),
        list(kept),
        sum(kept),
        {"a": kept},
    )


def filled_twice(x, n):
    kept = []
    for i in range(n):
        kept.append(i)
    for i in range(n):
        kept.append(i)
    a, *b = kept
    return kept, a, b, [v for v in kept], np.mean(kept), [*kept]


def in_a_dict_before(x, n):
    kept = []
    d = {"made": kept}
    for i in range(n):
        kept.append(i)
    return d


def the_last_changed(x, n):
    kept = []
    y = x * 1
    for i in range(n):
        y = y + i
        kept.append(y)
    y += 1
    return np.array(kept), y


def the_last_returned(x, n):
    kept = []
    y = x * 1
    for i in range(n):
        y = y + i
        kept.append(y)
    return kept, y


def two_in_each_round(x, n):
    kept = []
    for i in range(n):
        y = x + i
        kept.append(y)
        x[0] += 1
        kept.append(y * 2)
    return kept


def changed_through_a_view(x, n):
    kept = []
    for i in range(n):
        y = x + i
        kept.append(y)
        z = y[1:]
        z[0] = 9
    return kept


def of_other_objects(x, n):
    kept = []
    for _ in range(n):
        kept.append(None)
        kept.append((1, "a", x[0]))
    return kept


def of_numpy_scalars(x, n):
    kept = []
    for i in range(n):
        kept.append(np.float32(x[0]) * i)
    return kept, kept[3], kept[-1], kept[n - 1], len(kept) + 1


def left_early(x, n):
    e = []
    for _ in range(n):
        x = x * 0.5
        e.append(float(x[0]))
        if e[-1] < 1e-3:
            break
    return e


def in_a_while_loop(x, n):
    e = []
    i = 0
    while i < n:
        i += 1
        e.append(i)
    return e


def by_an_inner_function(x, n):
    def add(v):
        e.append(v)

    e = []
    for i in range(n):
        add(x[0] * i)
    return e


def in_a_dict_and_alone(x, n):
    kept = []
    for i in range(n):
        kept.append(x * i)
    return {"a": kept, "b": x}, kept


CASES = [
    (sums, lambda: (np.arange(1.0, 5.0),)),
    (sums_and_the_last, lambda: (np.arange(1.0, 5.0),)),
    (with_the_first, lambda: (np.arange(1.0, 5.0),)),
    (halves, lambda: ()),
    (pairs, lambda: (1.0, 2.0)),
    (pairs_as_an_array, lambda: (1.0, 2.0)),
    (arrays, lambda: (np.arange(1.0, 5.0),)),
    (changed_after_appending, lambda: (np.arange(1.0, 5.0),)),
    (two_lists, lambda: (np.arange(1.0, 5.0),)),
    (read_by_a_loop, lambda: (np.arange(1.0, 5.0),)),
    (on_a_condition, lambda: (np.arange(1.0, 5.0),)),
    (by_another_name, lambda: (np.arange(1.0, 5.0),)),
    (read_while_it_grows, lambda: (np.arange(1.0, 5.0),)),
    (lists_in_a_loop, lambda: (np.arange(1.0, 5.0),)),
    (what_was_given_first, lambda: (np.arange(1.0, 5.0),)),
    (the_argument_itself, lambda: (np.arange(1.0, 5.0),)),
    (copies, lambda: (np.arange(1.0, 5.0),)),
    (changed_items, lambda: (np.arange(1.0, 5.0),)),
    (text_of_it, lambda: (np.arange(1.0, 5.0),)),
    (its_type, lambda: (np.arange(1.0, 5.0),)),
    (compared, lambda: (np.arange(1.0, 5.0),)),
    (as_a_list, lambda: (np.arange(1.0, 5.0),)),
    (filled_twice, lambda: (np.arange(1.0, 5.0),)),
    (in_a_dict_before, lambda: (np.arange(1.0, 5.0),)),
    (the_last_changed, lambda: (np.arange(1.0, 5.0),)),
    (the_last_returned, lambda: (np.arange(1.0, 5.0),)),
    (two_in_each_round, lambda: (np.arange(1.0, 5.0),)),
    (changed_through_a_view, lambda: (np.arange(1.0, 5.0),)),
    (of_other_objects, lambda: (np.arange(1.0, 5.0),)),
    (of_numpy_scalars, lambda: (np.arange(1.0, 5.0),)),
    (left_early, lambda: (np.arange(1.0, 5.0),)),
    (in_a_while_loop, lambda: (np.arange(1.0, 5.0),)),
    (by_an_inner_function, lambda: (np.arange(1.0, 5.0),)),
    (in_a_dict_and_alone, lambda: (np.arange(1.0, 5.0),)),
]
COMPILED = [
    sums, sums_and_the_last, with_the_first, halves, pairs, pairs_as_an_array, arrays,
    changed_after_appending, two_lists, read_by_a_loop, copies, two_in_each_round,
]  # fmt: skip


@pytest.mark.parametrize("case", range(len(CASES)))
@pytest.mark.parametrize("n", [0, 1, 3, 100])
def test_lists(case, n):
    function, make = CASES[case]
    compiled = braze.jit(function)
    for _ in range(3):
        given, wanted_given = make(), make()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                wanted = function(*wanted_given, n)
            except (IndexError, ValueError) as error:
                with pytest.raises(type(error)):
                    compiled(*given, n)
            else:
                check(compiled(*given, n), wanted, ulps=1)
        check(given, wanted_given)


def test_they_are_compiled():
    makers = dict(CASES)
    for function in COMPILED:
        compiled = braze.jit(function)
        compiled(*makers[function](), 100)
        assert compiled.stats()["plain_calls"] == 0, function.__name__
        assert compiled.stats()["regions"] == 0, function.__name__


def test_an_item_that_is_another_result():
    last, y = braze.jit(the_last_returned)(np.ones(3), 100)
    assert last[-1] is y


def test_items_own_their_memory():
    made = braze.jit(arrays)(np.ones(3), 100)
    assert all(type(item) is np.ndarray and item.flags.owndata for item in made)
    made[0][0] = 7.0
    assert made[1][0] != 7.0
