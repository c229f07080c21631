"""`python -m fuzz`: random programs until time is up or one differs, which is then made small."""

import argparse
import contextlib
import faulthandler
import signal
import sys
import time
from pathlib import Path

from fuzz.compare import difference
from fuzz.families import FAMILIES
from fuzz.shrink import shrink

PATIENCE = 900  # seconds that one program may take before its traceback is printed
SHORT = 20  # seconds for a program that is smaller than one which takes less


def main():
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long to go on")
    parser.add_argument("--seed", type=int, help="run the programs of this seed alone")
    parser.add_argument("--start", type=int, help="the first seed; by default the time")
    parser.add_argument("--seeds", type=int, help="how many seeds at most")
    parser.add_argument("--family", choices=[*FAMILIES, "all"], default="all")
    parser.add_argument("--keep-going", action="store_true", help="go on after a difference")
    parser.add_argument("--current", type=Path, help="a file for the seed that is running")
    options = parser.parse_args()
    names = list(FAMILIES) if options.family == "all" else [options.family]
    first = options.seed if options.seed is not None else options.start
    seed = int(time.time()) if first is None else first
    print(f"fuzz: from seed {seed} on, {', '.join(names)}", flush=True)
    end, ran, wrong = time.monotonic() + options.seconds, 0, 0
    last = None if options.seeds is None else seed + options.seeds
    while time.monotonic() < end and seed != last:
        for name in names:
            faulthandler.dump_traceback_later(PATIENCE, exit=True)
            if options.current:
                options.current.write_text(f"{name} {seed}\n")
            ran += 1
            wrong += not agrees(name, seed)
            faulthandler.cancel_dump_traceback_later()
            if wrong and not options.keep_going:
                return report(ran, wrong)
        if options.seed is not None:
            break
        seed += 1
    return report(ran, wrong)


def report(ran, wrong):
    print(f"fuzz: {ran} programs, {wrong} differ", flush=True)
    return min(wrong, 1)


def agrees(name, seed):
    """Run one program; print it in its smallest form if it differs."""
    family = FAMILIES[name]
    source, kinds = family.source(seed), family.kinds(seed)
    for mode in family.modes:
        found = difference(family, source, kinds, mode)
        if found is None:
            continue
        faulthandler.cancel_dump_traceback_later()
        what, number = found
        print(f"fuzz: --family {name} --seed {seed} differs, now to make it small", flush=True)
        kinds = fewest(family, source, kinds[: number + 1], mode)

        def fails(text, kinds=kinds, mode=mode, family=family):
            try:
                with limited(SHORT):
                    return difference(family, text, kinds, mode) is not None
            except (Exception, Late):
                return False

        small = shrink(source, fails)
        what = difference(family, small, kinds, mode) or found
        print(f"\nfuzz: --family {name} --seed {seed} differs ({mode}): {what[0]}\n{small}")
        for kind in kinds:
            print(f"  {kind}: {family.prepare(kind)}", flush=True)
        return False
    return True


class Late(BaseException):
    """A program has taken too long; no result of it, as its errors are."""


@contextlib.contextmanager
def limited(seconds):
    """Interrupt what takes longer, such as a loop that has lost its end."""

    def stop(*_):
        raise Late

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def fewest(family, source, kinds, mode):
    """Return the last call alone where that shows the difference, else those that do."""
    if difference(family, source, kinds[-1:], mode) is not None:
        return kinds[-1:]
    at = 0
    while at < len(kinds) - 1:
        fewer = kinds[:at] + kinds[at + 1 :]
        if difference(family, source, fewer, mode) is not None:
            kinds = fewer
        else:
            at += 1
    return kinds


if __name__ == "__main__":
    sys.exit(main())
