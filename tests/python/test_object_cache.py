"""Object code on disk: a second process compiles nothing, and nothing damaged or foreign is run."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from braze.cli.main import main
from braze.dispatch import object_cache

PROGRAM = """
import json
import numpy as np
import braze

@braze.jit
def field(x, y):
    return np.sqrt(x * x + y * y) + np.exp(-x), (x - y).sum(axis=1)

@braze.jit
def count(n):
    total = 0
    for i in range(n):
        for j in range(i):
            total += i * j
    return total

x = np.arange(12.0).reshape(3, 4)
a, b = field(x, x + 1)
keys = ("compiles", "cache_hits")
print(json.dumps({
    "result": [a.tolist(), b.tolist(), int(count(40))],
    "field": [field.stats()[k] for k in keys],
    "count": [count.stats()[k] for k in keys],
}))
"""


def run(tmp_path, cache):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    env = os.environ | {"BRAZE_CACHE": str(cache)}
    out = subprocess.run([sys.executable, program], env=env, capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    return json.loads(out.stdout)


def entries(cache):
    return sorted(cache.glob("*.o")) if cache.exists() else []


def kernels(cache):
    return [path for path in entries(cache) if not path.name.startswith("function_")]


def test_second_process_compiles_nothing(tmp_path):
    cache = tmp_path / "cache"
    first, second = run(tmp_path, cache), run(tmp_path, cache)
    assert first["result"] == second["result"]
    assert first["field"][0] > 0 and first["count"] == [1, 0]
    assert len(kernels(cache)) == first["field"][0] + first["count"][0]
    assert second["field"] == [0, sum(first["field"])] and second["count"] == [0, 1]


@pytest.mark.parametrize("damage", ["empty", "short", "flipped", "renamed", "directory", "garbage"])
def test_damaged_entry_is_a_miss(tmp_path, damage):
    cache = tmp_path / "cache"
    first = run(tmp_path, cache)
    paths = entries(cache)
    contents = [p.read_bytes() for p in paths]
    for i, (path, data) in enumerate(zip(paths, contents, strict=True)):
        if damage == "empty":
            path.write_bytes(b"")
        elif damage == "short":
            path.write_bytes(data[:-1])
        elif damage == "flipped":
            path.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
        elif damage == "renamed":
            path.write_bytes(contents[i - 1])
        elif damage == "garbage":
            path.write_bytes(os.urandom(len(data)))
        else:
            path.unlink()
            path.mkdir()
    second = run(tmp_path, cache)
    assert second == first
    if damage != "directory":
        assert run(tmp_path, cache)["field"][0] == 0, "the entries are mended"


@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_directory_that_others_can_write_is_not_used(tmp_path, mode):
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(mode)
    assert run(tmp_path, cache) == run(tmp_path, cache)
    assert entries(cache) == []


def test_nowhere_to_keep(tmp_path):
    (tmp_path / "file").write_text("")
    for cache in ("off", tmp_path / "file", tmp_path / "file" / "below"):
        assert run(tmp_path, cache)["field"][0] > 0
    assert (tmp_path / "file").read_text() == ""


def test_links_are_not_followed(tmp_path):
    cache = tmp_path / "cache"
    run(tmp_path, cache)
    for path in entries(cache):
        path.rename(tmp_path / path.name)
        path.symlink_to(tmp_path / path.name)
    assert run(tmp_path, cache)["field"][0] > 0


def test_commands(tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    monkeypatch.setenv("BRAZE_CACHE", str(cache))
    info = CliRunner().invoke(main, ["cache", "info"])
    assert info.exit_code == 0 and str(cache) in info.output
    run(tmp_path, cache)
    held = object_cache.contents()
    assert held.files == len(entries(cache)) > 0
    assert held.bytes == sum(p.stat().st_size for p in entries(cache))
    out = CliRunner().invoke(main, ["cache", "clear"])
    assert out.exit_code == 0 and f"removed {held.files} entries" in out.output
    assert entries(cache) == []
    monkeypatch.setenv("BRAZE_CACHE", "off")
    assert "off" in CliRunner().invoke(main, ["cache", "info"]).output


def test_directory_of_the_cache(monkeypatch, tmp_path):
    monkeypatch.delenv("BRAZE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert object_cache.directory() == str(tmp_path / "braze")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert object_cache.directory() == str(tmp_path / "home" / ".cache" / "braze")
