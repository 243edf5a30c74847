"""Runs: what is to be done, what was tried, what is dead. Writes the table `runs`.

`lifecycle` holds every change of state (its docstring draws them), `store` hands them to a worker's loop, `queries` reads runs for
people and `upkeep` for keeper.
"""

from auricle_records.runs.lifecycle import (
    MAX_ATTEMPTS,
    MAX_LOST_LEASES,
    RunRequest,
    begin,
    fail,
    record_entries,
    request,
    resend,
    set_entry,
)
from auricle_records.runs.models import Begun, RunRow, Start
from auricle_records.runs.queries import DeadPage, dead, get
from auricle_records.runs.store import PostgresRunStore
from auricle_records.runs.upkeep import Measures, Untidy, forgotten, measure, tidying, untidy, waiting

__all__ = [
    "MAX_ATTEMPTS",
    "MAX_LOST_LEASES",
    "Begun",
    "DeadPage",
    "Measures",
    "PostgresRunStore",
    "RunRequest",
    "RunRow",
    "Start",
    "Untidy",
    "begin",
    "dead",
    "fail",
    "forgotten",
    "get",
    "measure",
    "record_entries",
    "request",
    "resend",
    "set_entry",
    "tidying",
    "untidy",
    "waiting",
]
