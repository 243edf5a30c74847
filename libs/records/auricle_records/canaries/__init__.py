"""Candidates on a share of live traffic: `shares` says what runs on how much of it, `figures` what differs between the two groups.

start ──► running ──change──► running with another share
             ├── end: a person, or another version of the name became live ──► ended
             ├── promote of the candidate ──► promoted
             └── stop: more broken answers than live's, by the interval ──► stopped
"""

from auricle_records.canaries.models import Canary, OpenCanary
from auricle_records.canaries.shares import change, end, get, listed, note_recipe, running, start, stop

__all__ = ["Canary", "OpenCanary", "change", "end", "get", "listed", "note_recipe", "running", "start", "stop"]
