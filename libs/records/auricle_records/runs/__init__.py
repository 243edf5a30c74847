"""Runs: what is to be done, what was tried, what is dead. Writes the table `runs`.

waiting ──begin──► working ──commit (results)──► done
   ▲                  │
   │                  ├─ fail, crash: attempts + 1;  past MAX_ATTEMPTS (or not retryable) ──► dead
   │                  └─ lost lease: lost_leases + 1; past MAX_LOST_LEASES ─────────────────► dead
   └──── fail below the limits · resend of a dead one
"""

from auricle_records.runs.attempts import MAX_ATTEMPTS, MAX_LOST_LEASES, begin, fail, resend
from auricle_records.runs.desk import Desk
from auricle_records.runs.feed import forgotten, set_entry, waiting
from auricle_records.runs.making import Wanted, request
from auricle_records.runs.reading import DeadPage, dead, get
from auricle_records.runs.rows import Begun, RunRow, Start
from auricle_records.runs.tidying import Untidy, tidying, untidy

__all__ = [
    "MAX_ATTEMPTS",
    "MAX_LOST_LEASES",
    "Begun",
    "DeadPage",
    "Desk",
    "RunRow",
    "Start",
    "Untidy",
    "Wanted",
    "begin",
    "dead",
    "fail",
    "forgotten",
    "get",
    "request",
    "resend",
    "set_entry",
    "tidying",
    "untidy",
    "waiting",
]
