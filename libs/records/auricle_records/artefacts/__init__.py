"""The registry's rows: `versions` of what decides, the live `pointers` of a workspace, and who moved them on what evidence.

release ──seed──► candidate ──┐
add ──► draft ──change──► candidate ──promote──► live ──promote of another, roll_back──► retired ──promote──► live

A name without a pointer follows the files of the release; a promotion holds a version, whatever is shipped later.
"""

from auricle_records.artefacts.models import Evidence, Name, NewVersion, Promotion, StoredBody, Version, VersionFilters
from auricle_records.artefacts.pointers import held, held_ids, promote, promotions, roll_back
from auricle_records.artefacts.versions import add, change, get, history, live, load, seed, versions_of

__all__ = [
    "Evidence",
    "Name",
    "NewVersion",
    "Promotion",
    "StoredBody",
    "Version",
    "VersionFilters",
    "add",
    "change",
    "get",
    "held",
    "held_ids",
    "history",
    "live",
    "load",
    "promote",
    "promotions",
    "roll_back",
    "seed",
    "versions_of",
]
