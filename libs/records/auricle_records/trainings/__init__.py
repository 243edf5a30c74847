"""Trainings: `requests` has what is asked, reported and ended, `examples` what there is to learn from, `settings` what a workspace chose.

ask ──► asked ──launch──► asked (its key opens) ──its job reports──► preparing ──► running ──► gated ──► proposed ──a person──► refused
          └──── stop: a person ──► stopped     └── fail: its job, or keeper that lost it ──► failed └──► refused
"""

from auricle_records.trainings.models import Training
from auricle_records.trainings.requests import (
    ask,
    fail,
    get,
    history,
    launch,
    listed,
    of_key,
    refuse,
    release,
    report,
    stop,
    unreleased,
)

__all__ = [
    "Training",
    "ask",
    "fail",
    "get",
    "history",
    "launch",
    "listed",
    "of_key",
    "refuse",
    "release",
    "report",
    "stop",
    "unreleased",
]
