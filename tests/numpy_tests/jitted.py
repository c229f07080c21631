"""The pytest plugin of rewritten files: drops compiled functions after each test, and counts."""

import braze_calls
import outcomes
import pytest


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item):
    braze_calls.forget()


def pytest_sessionfinish(session):
    outcomes.write(counts=braze_calls.counts)
