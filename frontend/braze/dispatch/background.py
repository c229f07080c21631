"""Work in another thread: compiling while the plain function serves.

The thread is started when there is something to do and ends when there is nothing more, so a
program that is idle has none, and one that ends waits for what is being compiled, not for what is
still to be.
"""

import os
import threading
from collections import deque
from collections.abc import Callable

_jobs: deque[Callable[[], None]] = deque()
_changed = threading.Condition()
_thread: threading.Thread | None = None
_at_work: Callable[[], None] | None = None
# Held while a job is done: compilers have locks that a child of fork would find taken for ever.
_busy = threading.RLock()


def submit(job: Callable[[], None]) -> None:
    """Have a job done soon; it must not raise."""
    with _changed:
        _jobs.append(job)
        _start()


def wait(timeout: float | None = None) -> bool:
    """Wait until all jobs are done; tell whether they are."""
    with _changed:
        return _changed.wait_for(lambda: not _jobs and _at_work is None, timeout)


def _start() -> None:
    global _thread
    if _thread is None or not _thread.is_alive():
        _thread = threading.Thread(target=_work, name="braze compiler")
        _thread.start()


def _work() -> None:
    global _thread, _at_work
    while True:
        with _changed:
            _at_work = None
            if not threading.main_thread().is_alive():
                _jobs.clear()
            if not _jobs:
                _thread = None
                _changed.notify_all()
                return
            job = _at_work = _jobs.popleft()
        with _busy:
            job()
            _at_work = None
        del job


def _in_child() -> None:
    """Go on in a child of fork, which has the jobs but not the thread."""
    global _changed, _busy, _thread, _at_work
    _changed, _busy, _thread = threading.Condition(), threading.RLock(), None
    if _at_work is not None:
        _jobs.appendleft(_at_work)
        _at_work = None
    if _jobs:
        _start()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=lambda: _busy.acquire(),  # the job at hand is done first
        after_in_parent=lambda: _busy.release(),
        after_in_child=_in_child,
    )
