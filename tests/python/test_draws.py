"""Random numbers in compiled code: the numbers and the state of plain NumPy, drawn once."""

import copy
import linecache
import traceback
import warnings
from itertools import count

import numpy as np
import pytest
from exact import check

import braze

NAMES = count()


def function(body, arguments="rng, x, n"):
    """Make a function of statements; the last one is what it returns."""
    name = f"<draws {next(NAMES)}>"
    lines = [line for line in body.split("\n") if line.strip()]
    lines[-1] = lines[-1] if lines[-1].startswith((" ", "return")) else f"return {lines[-1]}"
    source = f"def f({arguments}):\n" + "".join(f"    {line}\n" for line in lines)
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    space = {"np": np, "RNG": np.random.default_rng(11)}
    exec(compile(source, name, "exec"), space)
    return space["f"]


def state(generator):
    legacy = isinstance(generator, np.random.RandomState)
    held = generator.get_state(legacy=False) if legacy else generator.bit_generator.state
    return repr({k: str(v) for k, v in held.items()})


def outcome(f, args):
    """Call a function; return what it gives, the arguments after it, and the states."""
    np.random.seed(5)
    f.__globals__["RNG"].bit_generator.state = np.random.PCG64(3).state
    args = copy.deepcopy(args)
    try:
        result = f(*args) if not hasattr(f, "fast") else f.fast(*args)
    except (ValueError, TypeError, IndexError, FloatingPointError) as error:
        result = (type(error).__name__, str(error))
    after = [state(a) if hasattr(a, "random") else a for a in args]
    return result, after, state(np.random.mtrand._rand), state(f.__globals__["RNG"])


def agree(body, *all_args, how=braze.script, compiled=True):
    """Fail unless all calls give what the plain function gives, in compiled code if so."""
    f = function(body)
    fast = how(f)
    for args in all_args:
        plain = outcome(f, args)
        f.fast = fast
        got = outcome(f, args)
        del f.fast
        check(got, plain, body)
    stats = fast.stats()
    if compiled:
        assert stats["compiled_calls"] == stats["calls"] == len(all_args), (body, stats)
    return fast


def arguments(seed=1, n=4, kind=np.random.default_rng):
    return kind(seed), np.arange(6.0) + 1, n


DRAWN = [
    "rng.random()", "rng.random(n)", "rng.random((n, 2))", "rng.random(size=(2, n, 3))",
    "rng.random(3, dtype=np.float32)", "rng.random(x.shape)", "rng.random(size=())",
    "rng.standard_normal()", "rng.standard_normal(x.size)", "rng.standard_normal(5, 'f4')",
    "rng.normal()", "rng.normal(1, 2)", "rng.normal(x[0], 2.5, n)", "rng.normal(x)",
    "rng.normal(loc=x, scale=x[:, None])", "rng.normal(size=n) * 2 + x[0]", "rng.normal(x, 1, 6)",
    "rng.uniform(-1, 1, n)", "rng.uniform(0, x)", "rng.uniform(high=n)", "rng.uniform()",
    "rng.integers(10)", "rng.integers(0, n, size=5)", "rng.integers(3, 9, (n, 2), endpoint=True)",
    "rng.integers(7, size=3, dtype=np.int32)", "rng.integers(0, 255, 9, np.uint8)",
    "rng.integers(2, size=6, dtype=bool)", "rng.integers(x.astype(int))", "x[rng.integers(x.size)]",
    "rng.exponential(2.0, n)", "rng.standard_exponential(n)", "rng.gamma(2.0, x)",
    "rng.standard_gamma(1.5, n)", "rng.beta(1.0, 2.0, n)", "rng.binomial(n, 0.3, 5)",
    "rng.binomial(10, 0.5)", "rng.poisson(3.5, (2, n))", "rng.poisson(x)", "rng.geometric(0.2, n)",
    "rng.laplace(size=n)", "rng.logistic(0, 1, n)", "rng.gumbel(size=n)", "rng.lognormal(0, 1, n)",
    "rng.rayleigh(2, n)", "rng.weibull(x)", "rng.pareto(3, n)", "rng.power(2, n)", "rng.f(2, 3, n)",
    "rng.chisquare(x)", "rng.standard_t(4, n)", "rng.wald(1, 2, n)", "rng.vonmises(0, 1, n)",
    "rng.triangular(0, 1, 2, n)", "rng.standard_cauchy(n)", "rng.negative_binomial(3, 0.5, n)",
    "rng.choice(n)", "rng.choice(x)", "rng.choice(x, n)", "rng.choice(9, (2, 2))",
    "rng.choice(x, 3, replace=False)", "rng.choice(x.size, n, p=x / x.sum())",
    "rng.choice(x.reshape(3, 2), n)", "rng.choice(x.reshape(3, 2))", "rng.permutation(n)",
    "rng.permutation(x)", "rng.permutation(x.reshape(3, 2))", "rng.permutation(7)[::2]",
    "rng.shuffle(x)\nx", "y = x.reshape(2, 3).copy()\nrng.shuffle(y)\ny + 0.5",
    "rng.shuffle(x[::2])\nx", "y = x[::-1]\nrng.shuffle(y)\nx + y",
]  # fmt: skip


@pytest.mark.parametrize("body", DRAWN)
def test_draws_of_a_generator(body):
    agree(body, arguments(), arguments(2, 4), arguments(3, 7))


LEGACY = [
    "rng.rand()", "rng.rand(n)", "rng.rand(2, n)", "rng.randn(*x.shape)", "rng.randn()",
    "rng.random_sample(n)", "rng.random(n)", "rng.normal(x)", "rng.normal(0, 2, (n, 2))",
    "rng.uniform(-1, x[3], n)", "rng.standard_normal(n)", "rng.randint(5)", "rng.randint(1, n, 7)",
    "rng.randint(0, 9, size=n, dtype=np.int16)", "rng.choice(x, n)", "rng.choice(n)",
    "rng.permutation(n)", "rng.permutation(x)", "rng.shuffle(x)\nx", "rng.exponential(size=n)",
    "rng.poisson(2.5, n)", "rng.binomial(9, 0.5, n)", "rng.beta(1, 2, n)", "rng.gamma(x)",
    "rng.seed(n)\nrng.rand(3)", "a = rng.randn()\nb = rng.rand(2)\nrng.randn(3) + a + b.sum()",
]  # fmt: skip


@pytest.mark.parametrize("body", LEGACY)
def test_draws_of_the_old_kind(body):
    agree(body, *(arguments(s, n, np.random.RandomState) for s, n in ((1, 4), (2, 4), (3, 6))))


@pytest.mark.parametrize("body", [b.replace("rng.", "np.random.") for b in LEGACY])
def test_draws_of_numpys_own_generator(body):
    args = [(0, np.arange(6.0) + 1, n) for n in (4, 4, 6)]
    agree(body, *args)


STEPS = [
    "t = 0.0\nfor i in range(n * 5):\n    t += rng.random() * i\nt",
    "for i in range(n):\n    x[i] = rng.normal(x[i])\nx",
    "t = x\nfor i in range(n * 9):\n    t = t + rng.standard_normal(t.size) * 0.1\nt",
    "t = 0\nwhile rng.random() < 0.9:\n    t += 1\nt",
    "t = 0\nfor i in range(50):\n    if rng.random() < x[i % 6] / 6:\n        t += 1\nt",
    "if x[0] > 0:\n    rng.normal(size=3)\nrng.random()",
    "if x[0] > n:\n    y = rng.normal(size=3)\nelse:\n    y = rng.uniform(size=3)\ny, rng.random()",
    "for i in range(20):\n    if x[i % 6] > 3:\n        rng.random(2)\nrng.random()",
    "rng.random(5)\nx + 1",
    "a, b = rng.random(3), rng.random(3)\na - b",
    "a = rng.random(3)\nb = rng.normal(size=3)\nc = rng.random(3)\nc * 2 + a * b",
    "[rng.random() for _ in range(4)], rng.random()",
    "for i in range(30):\n    x = x + rng.random(6)\n    if x.sum() > 60:\n        break\nx, i",
    "t = 0.0\nfor i in range(9):\n    for j in range(n):\n"
    "        t += rng.random() - RNG.random()\nt",
    "rng.normal(size=n) + RNG.normal(size=n) + np.random.normal(size=n)",
    "g = np.random.default_rng(n)\ng.random(3) + g.normal(size=3)",
    "a = np.random.default_rng(7).random(3)\nb = np.random.default_rng(7).random(3)\na + 2 * b",
    "g = np.random.RandomState(3)\ng.rand(n) + rng.random(n)",
    "t = 0.0\nfor i in range(6):\n    g = np.random.default_rng(4)\n    t += g.random()\nt",
    "def step(r):\n    return r.normal(size=2)\nstep(rng) + step(RNG) * step(rng)",
    "np.sort(rng.permutation(n)) + rng.choice(n, n, replace=False)",
    "np.random.seed(n)\na = np.random.rand(2)\nnp.random.seed(n)\na - np.random.rand(2)",
]  # fmt: skip


@pytest.mark.parametrize("body", STEPS)
@pytest.mark.parametrize("how", [braze.script, braze.jit])
def test_draws_stay_in_order(body, how):
    every = [arguments(), arguments(2, 4), arguments(3, 6)]
    agree(body, *every, how=how, compiled=how is braze.script)


class Model:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.other = self.rng
        self.x = np.arange(4.0)

    def step(self, n):
        self.x = self.x + self.rng.normal(size=4)
        return self.x * self.other.random(4) + n


def test_generators_are_attributes_and_variables_around():
    plain, fast = Model(3), Model(3)
    step = braze.script(Model.step)
    for n in range(5):
        check(step(fast, n), plain.step(n), "step")
        assert state(fast.rng) == state(plain.rng)
    fast.other, plain.other = np.random.default_rng(8), np.random.default_rng(8)
    check(braze.jit(Model.step)(fast, 1), plain.step(1), "step")
    held = np.random.default_rng(5)
    again = copy.deepcopy(held)
    draw = braze.script(lambda n: held.random(n) + 1)
    for n in (3, 3, 5):
        check(draw(n), again.random(n) + 1, "lambda")
    held = np.random.default_rng(6)
    check(braze.jit(lambda n: held.random(n))(2), np.random.default_rng(6).random(2), "lambda")


def test_one_generator_is_two_arguments():
    f = braze.script(lambda a, b: (a.random(2), b.random(2), a.normal()))
    one, other = np.random.default_rng(1), np.random.default_rng(1)
    check(f(one, one), (other.random(2), other.random(2), other.normal()), "one")
    two = np.random.default_rng(2), np.random.default_rng(3)
    again = copy.deepcopy(two)
    check(f(*two), (again[0].random(2), again[1].random(2), again[0].normal()), "two")


TAKEN_BACK = [
    "a = rng.random(6)\na / (x - 1)",  # warns of a division
    "a = rng.random(6)\na + x[:n]",  # does not broadcast
    "a = rng.random(3)\nx[n * 3]",
    "t = 0.0\nfor i in range(n + 5):\n    t += rng.normal() * x[i]\nt",
    "rng.random(2)\nrng.normal(0, -x[0])",
    "rng.shuffle(x)\nx[n * 5]",
    "for i in range(9):\n    x[0] = np.linalg.inv(x.reshape(2, 3)[:, :2] * 0)[0, 0] + rng.random()",
    "np.random.seed(3)\na = np.random.randn(3)\na + x[n * 9]",
    "a = np.random.randn() + RNG.random()\na / (x - 1)",
]  # fmt: skip


@pytest.mark.parametrize("body", TAKEN_BACK)
@pytest.mark.parametrize("kind", [np.random.default_rng, np.random.RandomState])
def test_what_was_drawn_is_taken_back(body, kind):
    """The plain function runs after compiled code that had drawn: no number is left out."""
    f = function(body)
    fast = braze.jit(f)
    with np.errstate(all="warn"), warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for seed in (1, 2, 3):
            plain = outcome(f, arguments(seed, 4, kind))
            f.fast = fast
            got = outcome(f, arguments(seed, 4, kind))
            del f.fast
            check(got, plain, body)
    lines = [(str(w.message), w.lineno) for w in told]
    assert lines[::2] == lines[1::2]


def test_errors_raise_and_name_the_users_line():
    f = function("y = rng.random(2)\nz = rng.normal(0, -n)\ny + z")
    fast = braze.jit(f)
    one, other = np.random.default_rng(1), np.random.default_rng(1)
    fast(one, np.ones(2), -1)
    f(other, np.ones(2), -1)
    for call, generator in ((f, other), (fast, one)):
        with pytest.raises(ValueError, match="scale < 0") as error:
            call(generator, np.ones(2), 2)
        lines = traceback.extract_tb(error.tb)
        assert [e.lineno for e in lines if e.filename == f.__code__.co_filename] == [3]
    assert state(one) == state(other)


class Loaded(np.random.Generator):
    def random(self, size=None):
        return np.full(size, 0.5)


def test_other_kinds_of_generators_stay_plain():
    f = braze.jit(lambda g: g.random(3) * 2 + 1)
    check(f(np.random.default_rng(1)), np.random.default_rng(1).random(3) * 2 + 1, "g")
    check(f(Loaded(np.random.PCG64(1))), np.full(3, 2.0), "loaded")
    for bits in (np.random.MT19937, np.random.Philox, np.random.SFC64, np.random.PCG64DXSM):
        one, other = (np.random.Generator(bits(4)) for _ in range(2))
        check(f(one), other.random(3) * 2 + 1, "bits")
        assert state(one) == state(other)


def test_a_function_that_is_replaced_is_seen(monkeypatch):
    f = braze.jit(lambda n: np.random.rand(n) * 0 + 1)
    check(f(3), np.ones(3), "rand")
    monkeypatch.setattr(np.random, "rand", lambda n: np.full(n, np.inf))
    with np.errstate(invalid="ignore"):
        check(f(3), np.full(3, np.nan), "replaced")


def test_a_graph_takes_no_number_for_a_generator():
    """A handle counts only as long as a call lends the object."""
    graph = braze.parse(
        """graph f(%0: int) {
  %1 = constant {value=0, type=int} : int
  %2 = eager %0, %1 {call="CALL", size=0, type=(float, int)} : (float, int)
  %3 = item %2 {index=0} : float
  return %3
}
""".replace("CALL", "numpy.random.Generator.random(_0)")
    )
    plan = braze._core.Plan(graph)
    assert plan.run(12345) is None
    assert plan.run(id(np.random.default_rng(0))) is None


VECTORS = [
    "rng.multivariate_normal(x[:2], np.eye(2), n) + 1",
    "rng.multivariate_normal([0.0, 1.0], [[2.0, 0.5], [0.5, 1.0]])",
    "rng.dirichlet(np.abs(x) + 0.5, n)",
    "rng.dirichlet([1.0, 2.0], size=(2, n)).sum(axis=-1)",
    "rng.multinomial(10, [0.2, 0.3, 0.5], n) * 2",
    "rng.multinomial(5, np.ones(4) / 4)",
    "rng.hypergeometric(5, 6, 4, size=n) + rng.zipf(2.5, n) + rng.logseries(0.3, n)",
    "rng.noncentral_chisquare(3.0, 1.0, n) + rng.noncentral_f(3.0, 4.0, 1.0, n)",
]


@pytest.mark.parametrize("body", VECTORS)
def test_vectors_of_random_numbers(body):
    x = np.array([0.5, -1.0, 2.0])
    for make in (np.random.default_rng, np.random.RandomState):
        agree(body, (make(3), x, 4), (make(4), x, 2))


def test_permuted():
    agree("rng.permuted(x) * 2", (np.random.default_rng(3), np.arange(7.0), 0))


def test_a_covariance_of_which_numpy_warns():
    """The plain function draws then, from the state that there was."""
    f = function("return rng.multivariate_normal(x[:2], np.array([[1.0, 2.0], [2.0, 1.0]]), n)")
    fast = braze.jit(f)
    for _ in range(2):
        rngs = np.random.default_rng(3), np.random.default_rng(3)
        with pytest.warns(RuntimeWarning, match="positive-semidefinite"):
            wanted = f(rngs[0], np.zeros(3), 4)
        with pytest.warns(RuntimeWarning, match="positive-semidefinite"):
            got = fast(rngs[1], np.zeros(3), 4)
        check(got, wanted)
        assert state(rngs[0]) == state(rngs[1])
