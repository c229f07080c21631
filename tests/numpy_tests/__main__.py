"""`make numpy-tests`: NumPy's test files from its wheel, plainly and through compiled functions.

Prints the number of tests that pass either way and each difference with its reason from
`differences.txt`; exits 1 where a difference has no reason there, or a reason no difference.
"""

import argparse
import fnmatch
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from rewrite import rewrite

HERE = Path(__file__).parent
NUMPY = Path(np.__file__).parent
FILES = [
    *(f"_core/tests/test_{name}.py" for name in (
        "ufunc", "umath", "umath_accuracy", "numeric", "multiarray", "indexing",
        "nep50_promotions")),
    *(f"lib/tests/test_{name}.py" for name in (
        "function_base", "nanfunctions", "shape_base", "index_tricks", "twodim_base")),
]  # fmt: skip
ATTEMPTS = 5  # at a file, each without the tests that ended the process before


def main():
    parser = argparse.ArgumentParser(prog="numpy_tests", description=__doc__)
    parser.add_argument("files", nargs="*", help="parts of the names of files; all by default")
    parser.add_argument("--out", type=Path, default=Path("build/numpy-tests"))
    parser.add_argument("-k", dest="only", help="what pytest's -k takes")
    options = parser.parse_args()
    shutil.rmtree(options.out, ignore_errors=True)
    files = [f for f in FILES if not options.files or any(o in f for o in options.files)]
    reasons = read_reasons()
    unexplained, totals = 0, {"plain": 0, "jitted": 0}
    counts = {}
    for file in files:
        prepare(options.out, file)
        ran = {how: run(options.out, how, file, options.only) for how in ("plain", "jitted")}
        for key, value in ran["jitted"].pop("counts", {}).items():
            counts[key] = counts.get(key, 0) + value
        passed = {how: [t for t, e in tests.items() if e["outcome"] == "passed"]
                  for how, tests in ran.items()}  # fmt: skip
        for how in passed:
            totals[how] += len(passed[how])
        print(f"{file}: plain NumPy passes {len(passed['plain'])}, braze {len(passed['jitted'])}")
        unexplained += differences(ran, passed, reasons, options.only is None)
    print(f"in all: plain NumPy passes {totals['plain']}, braze {totals['jitted']}; {counts}")
    print(f"{unexplained} differences without a reason")
    return min(unexplained, 1)


def read_reasons():
    lines = (HERE / "differences.txt").read_text().splitlines()
    pairs = (line.split(" | ", 1) for line in lines if line and not line.startswith("#"))
    return {pattern.strip(): reason.strip() for pattern, reason in pairs}


def prepare(out, file):
    """Write the two forms of a test file; both find NumPy's data beside them."""
    source = (NUMPY / file).read_text()
    for how, text in (("plain", source), ("jitted", rewrite(source))):
        target = out / how / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        data = target.parent / "data"
        if not data.exists():
            data.symlink_to(NUMPY / Path(file).parent / "data")


def run(out, how, file, only):
    """Run one file; return the outcomes by test."""
    log = (out / how / file).with_suffix(".json")
    paths = [str(HERE), str(HERE.parent / "python"), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "OUTCOMES": str(log.resolve()), "OPENBLAS_NUM_THREADS": "1",
                   "BRAZE_REGULATE": "off",  # else small calls go to plain NumPy
                   "PYTHONPATH": os.pathsep.join(p for p in paths if p)}  # fmt: skip
    command = [sys.executable, "-X", "faulthandler", "-m", "pytest", "-q", "-p", "numpy.conftest",
               "-p", "outcomes", "-p", "no:cacheprovider", "--import-mode=importlib", "--tb=short",
               "-m", "not slow", "-W", "ignore", "--rootdir", str(out / how), "-c", os.devnull,
               str(out / how / file)]  # fmt: skip
    if how == "jitted":
        command += ["-p", "jitted"]
    if only:
        command += ["-k", only]
    outcomes = {}
    for _ in range(ATTEMPTS):
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        for entry in map(json.loads, log.read_text().splitlines() if log.exists() else []):
            if "counts" in entry:
                outcomes["counts"] = entry["counts"]
            elif entry["outcome"] != "started" or entry["test"] not in outcomes:
                outcomes[entry["test"]] = entry
        if done.returncode in (0, 1, 5):
            break
        begun = [t for t, e in outcomes.items() if t != "counts" and e["outcome"] == "started"]
        if not begun:
            raise SystemExit(f"{file} ({how}):\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        for test in begun:
            outcomes[test] = {"test": test, "outcome": "ended the process",
                              "text": done.stderr[-4000:]}  # fmt: skip
        log.unlink()
        command += [f"--deselect={test}" for test in begun]
    return outcomes


def differences(ran, passed, reasons, whole):
    """Print the differences of a file; return how many are not explained."""
    wrong = 0
    used = set()
    for test in passed["plain"]:
        got = ran["jitted"].get(test, {"outcome": "was not run", "text": ""})
        if got["outcome"] == "passed":
            continue
        pattern = next((p for p in reasons if fnmatch.fnmatchcase(test, escaped(p))), None)
        if pattern is not None:
            used.add(pattern)
            print(f"  {test}: {reasons[pattern]}")
            continue
        wrong += 1
        print(f"  {test} {got['outcome']}, without a reason\n{indented(got['text'])}")
    file = passed["plain"][0].split("::")[0] if passed["plain"] else None
    for pattern in reasons:
        if whole and file and pattern.split("::")[0] == file and pattern not in used:
            wrong += 1
            print(f"  {pattern}: no difference any more; differences.txt says {reasons[pattern]}")
    return wrong


def escaped(pattern):
    """Return a pattern in which only * is special: test names have brackets."""
    return pattern.replace("[", "[[]")


def indented(text):
    return "\n".join(f"      {line}" for line in text.splitlines()[-14:])


if __name__ == "__main__":
    sys.exit(main())
