"""The pytest plugin of both runs: writes each test's outcome down as soon as it is known."""

import json
import os


def write(**entry):
    with open(os.environ["OUTCOMES"], "a") as file:
        file.write(json.dumps(entry) + "\n")


def pytest_runtest_logstart(nodeid):
    write(test=nodeid, outcome="started")


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        text = report.longreprtext[-4000:] if report.failed else ""
        write(test=report.nodeid, outcome=report.outcome, text=text)
