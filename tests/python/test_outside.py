"""What a compiled function changes outside of itself, and what it reads there, call after call."""

import contextlib
import copy

import numpy as np
import pytest

import braze

X = np.arange(6.0)


def both(make, calls=6, compiled=True):
    """Run a program plain and compiled; `make` gets the decorator and returns a step and a view."""
    plain_step, plain_view = make(lambda f: f)
    made = []

    def decorate(f):
        made.append(braze.jit(f))
        return made[-1]

    step, view = make(decorate)
    for i in range(calls):
        np.testing.assert_equal(step(i), plain_step(i))
        np.testing.assert_equal(view(), plain_view())
    if compiled:
        for function in made:
            stats = function.stats()
            assert stats["plain_calls"] == stats["divided_calls"] == 0, stats["reasons"]
            assert stats["specialisations"] <= 6
    return made


class Holder:
    def __init__(self, **values):
        self.__dict__.update(values)


count = 0
latest = None


def test_global_counter():
    global count, latest
    results = []
    for decorate in (lambda f: f, braze.jit):
        count, latest = 0, None

        @decorate
        def step(x):
            global count, latest
            count += 1
            if latest is None:
                latest = np.zeros_like(x)
            latest = latest * 0.5 + x
            return latest.sum() * count

        results.append(([step(X + i) for i in range(5)], count, latest.copy(), type(count)))
    np.testing.assert_equal(results[1], results[0])
    assert step.stats()["plain_calls"] == step.stats()["divided_calls"] == 0


def test_nonlocal_in_branches_and_loops():
    def make(decorate):
        seen, total = 0, 0.0

        @decorate
        def step(i):
            nonlocal seen, total
            y = X * i
            if y.sum() > 20:
                seen += 1
            for k in range(len(y)):
                total += y[k]
            return y.mean() + seen

        return step, lambda: (seen, total, type(seen))

    both(make)


def test_helper_changes_what_its_caller_reads():
    def make(decorate):
        level = 1.0

        def raise_level(x):
            nonlocal level
            level = level + x.max()

        @decorate
        def step(i):
            before = level
            raise_level(X + i)
            return X * level - before

        return step, lambda: level

    both(make)


def test_items_of_dicts():
    def make(decorate):
        params = {"W": np.ones((3, 3)), "b": np.zeros(3)}
        state = {}
        seen = {(1, 2): 3.0, 4: 1.0}

        @decorate
        def step(i):
            for k in params:
                params[k] -= 0.1 * (params[k] + i)
            state["last"] = params["W"].sum()
            state.setdefault("first", params["b"].sum())
            seen[4] = seen[4] + state["last"]
            return sum(v.sum() for v in params.values()) + seen.get(7, 0.5) + len(state)

        return step, lambda: (copy.deepcopy(params), dict(state), list(state), dict(seen))

    both(make)


def test_dict_arguments():
    def make(decorate):
        params = {"a": np.ones(4), 2: np.zeros(4)}

        @decorate
        def step(params, i):
            params["a"] = params["a"] * 0.5 + i
            params[2] += 1
            params["new"] = params[2].sum()
            return params

        return lambda i: step(params, i) is params, lambda: copy.deepcopy(params)

    both(make)


def test_lists_that_grow():
    def make(decorate):
        trainer = Holder(losses=[], n=0, history={"loss": [], "w": []})
        log = []

        @decorate
        def step(i):
            y = X * i + 1
            trainer.losses.append(y.mean())
            trainer.history["loss"].append(float(y.sum()))
            trainer.history["w"].append(y)
            log.append((i, y.max()))
            log.append(trainer.losses[-1])
            trainer.n += 1
            return trainer

        return lambda i: step(i) is trainer, lambda: (list(trainer.losses), list(log), trainer.n,
                                                     copy.deepcopy(trainer.history))  # fmt: skip

    both(make, calls=25)


def test_lists_that_grow_in_loops():
    def make(decorate):
        log = []

        @decorate
        def step(i):
            x = X * 0.5
            for _ in range(80):
                x = x * 0.9 + 0.1
                log.append(x.sum())
            return x

        return step, lambda: (list(log), {type(v) for v in log})

    both(make, calls=3)


def test_an_attempt_that_fails_appends_nothing():
    def make(decorate):
        log, counts = [], {"n": [0]}
        limit = 0.01

        @decorate
        def step(i):
            x = X * 0.5 + i
            for _ in range(30):
                x = x * 0.7
                log.append(x.sum())
                counts["n"][0] += 1
                if x.max() < limit:
                    break
            return x

        return step, lambda: (list(log), copy.deepcopy(counts))

    both(make, calls=4, compiled=False)


def test_what_is_appended_may_change_after():
    def make(decorate):
        log = []

        @decorate
        def step(i):
            y = X + i
            log.append(y)
            y += 1
            return y

        return step, lambda: [v.copy() for v in log]

    both(make)


def test_one_list_on_two_ways():
    first, second = Holder(log=[]), Holder(log=[])

    @braze.jit
    def step(a, b, x):
        a.log.append(x.sum())
        b.log.append(x.max())
        return x * 2

    step(first, second, X)
    assert (len(first.log), len(second.log)) == (1, 1)
    third = Holder(log=first.log)
    step(first, third, X)
    assert first.log == [15.0, 15.0, 5.0]
    step(first, second, X)
    assert (len(first.log), len(second.log)) == (4, 2)


def test_lists_of_the_caller():
    @braze.jit
    def step(items, x):
        items.append(x * 2)
        items[0] = x.sum()
        del items[1]
        items.insert(1, "text")
        return items

    items, plain = [1.0, 2.0, X], [1.0, 2.0, X]
    for _ in range(3):
        assert step(items, X) is items
        step.__wrapped__(plain, X)
        np.testing.assert_equal(items, plain)
    assert step.stats()["plain_calls"] == 0


def test_nothing_is_changed_by_a_call_that_raises():
    state, log, n = {"n": 0}, [], 0

    @braze.jit
    def step(x, k):
        nonlocal n
        n += 1
        state["n"] += 1
        log.append(x.sum())
        return x[k]

    for k in (1, 2, 99):
        with contextlib.suppress(IndexError):
            step(X, k)
    assert (n, state["n"], log) == (3, 3, [15.0, 15.0, 15.0])


# Objects found on two ways


def test_items_of_an_attribute_are_those_of_the_object():
    @braze.jit
    def scaled(holder, x):
        return holder.params["w"] * x

    for value in (1.0, 2.0, 3.0):
        holder = Holder(params={"w": np.full(6, value)})
        np.testing.assert_array_equal(scaled(holder, X), value * X)


def test_a_global_that_was_an_argument():
    common = Holder(a=np.ones(6))

    @braze.jit
    def step(holder, x):
        return holder.a * x + common.a

    np.testing.assert_array_equal(step(common, X), X + 1)
    np.testing.assert_array_equal(step(Holder(a=np.full(6, 5.0)), X), 5 * X + 1)
    np.testing.assert_array_equal(step(common, X), X + 1)


def test_an_object_in_an_argument_that_was_a_global():
    first, second = Holder(a=np.ones(6)), Holder(a=np.full(6, 2.0))

    @braze.jit
    def step(holder, x):
        first.a = first.a + 1
        return holder.inner.a * x

    np.testing.assert_array_equal(step(Holder(inner=first), X), 2 * X)
    np.testing.assert_array_equal(step(Holder(inner=second), X), 2 * X)
    np.testing.assert_array_equal(first.a, np.full(6, 3.0))
    np.testing.assert_array_equal(second.a, np.full(6, 2.0))


# Numbers that change


def test_counters_in_attributes_need_one_version():
    holder = Holder(n=0, t=0.0)

    @braze.jit
    def step(holder, x):
        holder.n += 1
        holder.t += 0.25
        return x * holder.n + holder.t

    for i in range(1, 30):
        np.testing.assert_array_equal(step(holder, X), X * i + 0.25 * i)
    assert (holder.n, type(holder.n)) == (29, int)
    assert step.stats()["specialisations"] == 1


@pytest.mark.parametrize("kind", [int, float])
def test_numbers_that_others_change(kind):
    holder = Holder(rate=kind(8))

    @braze.jit
    def step(x):
        return x * holder.rate

    for i in range(12):
        holder.rate = kind(8 + 2 * i)
        np.testing.assert_array_equal(step(X), X * holder.rate)
    stats = step.stats()
    assert stats["specialisations"] == 3 and stats["plain_calls"] == 0
