"""The benchmark itself: what it measures, what it says about refusals, the tables it prints."""

import importlib.util
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from rich.console import Console

from braze.bench import functions, measure, peak, report, roofline, runner, workload
from braze.cli.bench import bench

ROOT = Path(__file__).resolve().parents[2]


def results():
    return {
        "machine": {"cpu": "Some CPU", "cores": 2, "load": 0.5},
        "versions": {"python": "3.11", "numpy": "2.4"},
        "runs": [
            {
                "cores": "1",
                "workloads": [
                    {
                        "name": "first",
                        "seconds": {"numpy": 2e-3, "braze": 1e-3, "jax": 4e-3},
                        "speedup": {"numpy": 1.0, "braze": 2.0, "jax": 0.5},
                        "first_call": {"numpy": 2e-3, "braze": 11e-3, "jax": 0.3},
                        "notes": {"numba": "not installed"},
                    },
                    {
                        "name": "second",
                        "seconds": {"numpy": 3e-6, "braze": 1.5e-7},
                        "speedup": {"numpy": 1.0, "braze": 20.0},
                        "first_call": {"numpy": 2e-3, "braze": 11e-3},
                        "notes": {"numba": "not installed", "jax": "wrong answer: off by 1"},
                    },
                ],
            }
        ],
    }


def test_markdown_marks_the_best_and_says_who_is_missing():
    text = report.markdown(results())
    assert "| first | 2 ms | **2.00** | 0.50 | 11 ms |" in text
    assert "| second | 3 us | **20.0** | - | 11 ms |" in text
    assert "| geometric mean |  | 6.32 | 0.50 |  |" in text
    assert "| first call, median |  | 11 ms | 300 ms |  |" in text
    assert "- jax: wrong answer: off by 1: second" in text
    assert "- numba: not installed\n" in text


def test_the_table_fits():
    names = ["numpy", "braze", "numexpr", "numba", "jax", "torch"]
    shown = results()
    for work in shown["runs"][0]["workloads"]:
        work["name"] = max(workload.names(), key=len)
        work["name"] = max(workload.names(), key=len)
        work["speedup"] = {n: 1234.5 for n in names}
        work["seconds"] = {n: 0.1234 for n in names}
    console = Console(width=80, record=True, file=io.StringIO())
    report.show(shown, console)
    text = console.export_text()
    assert "…" not in text
    assert text.count(" 1234") == 2 * 5


def test_every_round_has_everybody():
    counts = dict.fromkeys("abc", 0)

    def call(name):
        counts[name] += 1

    figures = measure.interleaved({n: lambda n=n: call(n) for n in "abc"}, rounds=4)
    assert [len(f) for f in figures.values()] == [4, 4, 4]
    assert len(measure.interleaved({"a": lambda: None}, 9, 0.0)["a"]) == measure.LEAST_ROUNDS


@pytest.mark.parametrize(
    ("actual", "strays", "found"),
    [
        ([1.0, 2.0, np.inf, np.nan], 0.0, None),
        ([1.0, 2.0 + 1e-9, np.inf, np.nan], 0.0, None),
        ([1.0, 2.1, np.inf, np.nan], 0.0, "off by 0.1 in 25.00% of the elements"),
        ([1.0, 2.1, np.inf, np.nan], 0.3, None),
        ([1.0, 2.0, 5.0, np.nan], 0.0, "off by inf in 25.00% of the elements"),
        ([1.0, 2.0, np.inf, 1.0], 0.0, "off by nan in 25.00% of the elements"),
        ([1.0, 2.0, np.inf], 0.0, "shape (3,), not (4,)"),
    ],
)
def test_mismatch(actual, strays, found):
    expected = np.array([1.0, 2.0, np.inf, np.nan])
    assert workload.mismatch(expected, np.array(actual), 1e-8, strays) == found


def test_a_plain_call_is_told():
    counters = dict(plain_calls=2, compiled_calls=0, divided_calls=0)
    counters["reasons"] = ["a call of f (x.py:2:1)"]
    assert runner.reason_for_python(counters) == "ran as the plain function (a call of f)"
    divided = runner.reason_for_python({**counters, "plain_calls": 0, "divided_calls": 2})
    assert divided == "compiled around parts in Python (a call of f)"
    assert runner.reason_for_python({**counters, "plain_calls": 0}) is None


def test_bench_from_the_command_line(tmp_path):
    saved = tmp_path / "results.json"
    command = [sys.executable, "-m", "braze", "bench"]
    small = ["--threads", "1", "--rounds", "1", "--scale", "0.001", "--json", str(saved)]
    done = subprocess.run([*command, "jacobi_2d", *small], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "one core  1/1 jacobi_2d" in done.stderr
    work = json.loads(saved.read_text())["runs"][0]["workloads"][0]
    assert work["speedup"]["numpy"] == 1.0 and work["seconds"]["braze"] > 0.0
    again = subprocess.run(
        [*command, "--from", str(saved), "--format", "markdown"], capture_output=True, text=True
    )
    assert again.returncode == 0 and "| jacobi_2d |" in again.stdout, again.stderr


def test_a_wrong_answer_is_told(monkeypatch):
    wrong = (lambda work, args: (lambda: 7.0, lambda result: result), "numpy")
    monkeypatch.setitem(runner.RIVALS, "braze", wrong)
    job = {"rivals": [], "scale": 0.001, "rounds": 1, "seconds": 1.0}
    result = runner._measure(workload.load("gelu", ""), job)
    assert result["notes"] == {"braze": "wrong answer: shape (), not (1000,)"}
    assert list(result["speedup"]) == ["numpy"]
    run = {"cores": "1", "workloads": [result]}
    assert "| gelu |" in report.markdown({**results(), "runs": [run]})


def bench_own(folder, body):
    (folder / "mine.py").write_text(f"COUNT = [0]\n\n\ndef f(a):\n{body}")
    small = ["--args", "f64[8]", "--threads", "1", "--rounds", "1"]
    command = [sys.executable, "-m", "braze", "bench", f"{folder / 'mine.py'}:f", *small]
    return subprocess.run(command, capture_output=True, text=True)


def test_own_functions_may_change_their_arguments(tmp_path):
    done = bench_own(tmp_path, "    a += 1.0\n    return a * 2.0\n")
    assert done.returncode == 0, done.stderr
    assert "x NumPy" in done.stderr and "wrong answer" not in done.stdout


def test_own_functions_that_differ_from_call_to_call(tmp_path):
    done = bench_own(tmp_path, "    COUNT[0] += 1\n    return a * COUNT[0]\n")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "f: the plain function differs from call to call" in done.stderr


@pytest.mark.parametrize("content", ["", "[1, 2]", '{"machine": {}}'])
def test_a_file_without_figures(tmp_path, content):
    path = tmp_path / "results.json"
    path.write_text(content)
    done = CliRunner().invoke(bench, ["--from", str(path)])
    assert done.exit_code == 1
    assert done.stderr == f"braze: {path}: no figures of `braze bench --json`\n"


def test_the_readme_gets_the_table(tmp_path):
    path = ROOT / "tools" / "bench_readme.py"
    spec = importlib.util.spec_from_file_location("bench_readme", path)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text("a\n<!-- bench -->\nold\n<!-- end of bench -->\nb\n")
    (tmp_path / "results.json").write_text(json.dumps(results()))
    tool.main(str(tmp_path / "results.json"), None, str(tmp_path))
    text = (tmp_path / "README.md").read_text()
    assert "old" not in text and "| first | 2 ms |" in text and text.endswith("-->\nb\n")
    assert "wrong answer" in (tmp_path / "docs" / "bench.md").read_text()
    tool.main(str(tmp_path / "results.json"), None, str(tmp_path))
    assert (tmp_path / "README.md").read_text() == text


def test_functions_alone():
    name = functions.names()[2]
    one = workload.load(name, "")
    arguments = one.inputs(np.random.default_rng(0), 0.01)
    assert name == "exp:f4" and arguments[0].dtype == np.float32
    assert np.array_equal(one.run(*arguments), np.exp(arguments[0]))
    assert {n.rpartition(":")[2] for n in functions.names()} == {"f4", "f8"}
    for each in functions.names():
        small = workload.load(each, "").inputs(np.random.default_rng(0), 0.01)
        assert np.isfinite(workload.load(each, "").run(*small)).all(), each


def test_peaks_are_those_of_the_temporaries():
    found = peak.peaks("chain", {"arguments": "", "scale": 0.5})
    assert found["numpy"] > 2 * found["braze"] > 0


def test_the_roofline_has_two_limits():
    machine = {"bandwidth": 1e10, "peak": 1e11}
    low = {"ms": 1.0, "bytes": 1e7, "work": 1e6}  # a tenth of an operation a byte
    high = {"ms": 1.0, "bytes": 1e5, "work": 5e7}
    assert roofline.limit(low, machine) == pytest.approx(1.0)
    assert roofline.limit(high, machine) == pytest.approx(0.5)


def test_tables_of_peaks_and_rooflines(tmp_path):
    figures = results()
    figures["machine"] |= {"bandwidth": 1e10, "peak": 1e11}
    first, second = figures["runs"][0]["workloads"]
    first |= {"peak": {"numpy": 3_000_000, "braze": 1_000_000}}
    first |= {"profile": {"ms": 1.0, "bytes": 1e7, "work": 1e6}}
    second |= {"peak": {}, "profile": None}
    text = report.markdown(figures)
    assert (
        "| one core | peak of NumPy | of braze | op/byte | Gop/s | GB/s | of the roofline |" in text
    )
    assert "| first | 3.0 MB | 1.0 MB | 0.10 | 1.00 | 10.0 | 100% |" in text
    roofline.plot(figures, str(tmp_path / "roof.png"))
    assert (tmp_path / "roof.png").stat().st_size > 5000
