"""Where the time of a call goes."""

import numpy as np
import pytest
from click.testing import CliRunner

import braze
from braze.cli.main import main
from braze.reports.inspection import copied


@braze.jit
def steps(x, rounds, k):
    for _ in range(rounds):
        x = x * k + np.sort(x)
    return x.sum(), x


def test_steps_with_times_bytes_and_work():
    x = np.ones(1000)
    profile = steps.profile(x, 50, 0.5)
    loop = [step for step in profile.steps if step["runs"] == 50]
    kernel = next(step for step in loop if step["ops"] == ["multiply", "add"])
    assert kernel["bytes"] == 50 * 3 * 8 * 1000
    assert kernel["work"] == 50 * 2 * 1000
    assert kernel["lines"] == [15]
    assert any(step["ops"] == ["numpy.sort(_0)"] for step in loop)
    assert 0 < kernel["ms"] < profile.ms == profile.total("ms")
    assert (x == 1).all()


def test_elements_that_are_repeated_count_once():
    @braze.jit
    def product(x, y):
        return (x * y).sum(axis=1)

    profile = product.profile(np.ones((1000, 1)), np.ones((1, 500)))
    assert profile.steps[0]["ops"] == ["multiply", "sum"]
    assert profile.total("bytes") == 8 * (1000 + 500 + 1000)
    assert profile.total("work") == 2 * 1000 * 500


def test_arguments_that_change_are_copied():
    @braze.jit
    def double(x):
        x *= 2
        return x

    x = np.ones(10)
    double.profile(x)
    assert (x == 1).all()


def test_text_names_lines_and_rates():
    text = str(steps.profile(np.ones(100_000), 5, 0.5))
    assert "GB/s" in text.splitlines()[1]
    assert "multiply add (line 15), 2.4 MB a run" in text


def test_what_is_not_compiled_has_no_profile():
    @braze.jit
    def prints(x):
        print(x)
        return x

    with pytest.raises(braze.CompileError, match="print"):
        prints.profile(np.ones(3))


def test_command(tmp_path):
    file = tmp_path / "shift.py"
    file.write_text("def shift(x):\n    return x * 2 + 1\n")
    result = CliRunner().invoke(main, ["profile", f"{file}:shift", "--args", "f64[1000]"])
    assert result.exit_code == 0, result.output
    assert "multiply" in result.output and "16 kB a run" in result.output


@braze.jit
def noise(x, rng):
    return x + rng.normal(size=3)


def test_generators_are_not_drawn_from():
    rng, other = (np.random.default_rng(0) for _ in range(2))
    steps = noise.profile(np.ones(3), rng).steps
    assert any("normal" in step["ops"][0] for step in steps)
    assert "define" in noise.inspect(np.ones(3), rng).llvm
    assert rng.normal() == other.normal()


def test_inspection_changes_nothing():
    @braze.jit
    def double(x):
        x *= 2
        return x

    x = np.ones(10)
    assert "define" in double.inspect(x).llvm
    assert (x == 1).all()


def test_arguments_lie_as_they_are():
    x = np.arange(24.0).reshape(4, 6)
    for view in (x[::-1, ::2], x.T, np.broadcast_to(x[0], (3, 6)), x[:0], x[2:, 1:]):
        made = copied(view)
        assert made.strides == view.strides or not view.size
        assert np.array_equal(made, view) and not np.shares_memory(made, view)
        assert made.flags.writeable == view.flags.writeable or not view.size


def test_calls_that_run_plainly_have_no_profile():
    @braze.jit
    def shift(x, y):
        y[1:] += x[:-1]
        return y

    x = np.ones(10)
    with pytest.raises(braze.CompileError, match="runs as the plain function"):
        shift.profile(x, x)
    with pytest.raises(braze.CompileError, match="what to do"):
        shift.profile(np.ones(3), np.ones(7))
