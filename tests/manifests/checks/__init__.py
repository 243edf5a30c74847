"""The checks, a module for each question."""

from importlib import import_module

MODULES = (
    "draining",
    "environment",
    "hooks",
    "kinds",
    "neighbours",
    "network",
    "nodes",
    "observing",
    "pods",
    "quotas",
    "references",
    "scaling",
)


def everything() -> None:
    """Import every module, and so put its checks on the list."""
    for name in MODULES:
        import_module(f"{__name__}.{name}")
