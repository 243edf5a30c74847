"""The list of checks: a function from a release to the sentences that say what is wrong with it. None is empty-handed: every check has
at least one planted fault in `plants.py`, and a test counts them."""

from collections.abc import Callable, Iterable

from manifests.release import Release

Check = Callable[[Release], Iterable[str]]
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    """Put a function on the list under its own name."""
    CHECKS[function.__name__] = function
    return function


def faults(name: str, release: Release) -> list[str]:
    """What one check has to say."""
    return list(CHECKS[name](release))
