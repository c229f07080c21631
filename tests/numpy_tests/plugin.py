"""The pytest plugin of the rewritten runs: drops compiled functions after each test."""

import json
import os

import braze_calls
import pytest


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item):
    braze_calls.forget()


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(f"braze: {json.dumps(braze_calls.counts)}")
    if os.environ.get("BRAZE_COUNTS"):
        with open(os.environ["BRAZE_COUNTS"], "w") as file:
            json.dump(braze_calls.counts, file)
