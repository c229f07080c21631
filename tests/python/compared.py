"""Calls of compiled functions beside those of the plain ones."""

import copy

from exact import check

import braze


def compiled(function, *calls):
    """Compare calls, and what they change, with the plain function's; count the compiled ones."""
    ours = braze.jit(function)
    for args in calls:
        mine, theirs = copy.deepcopy(args), copy.deepcopy(args)
        check(ours(*mine), function(*theirs))
        check(mine, theirs)
    return ours.stats()["compiled_calls"]
