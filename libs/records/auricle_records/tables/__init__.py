"""The tables, as SQLAlchemy sees them. Migrations make them; a test keeps the two equal.

Each table is written by one module of this package, named in the table's comment, and has `workspace_id`, row security that its
owner cannot pass either, and a CHECK for every closed list of words.
"""

from auricle_records.tables.base import METADATA
from auricle_records.tables.door import conversations, revisions, uploads
from auricle_records.tables.events import outbox, tombstones, webhook_endpoints
from auricle_records.tables.house import shifts
from auricle_records.tables.opinions import labels
from auricle_records.tables.outcomes import agent_messages, answers, evaluations, findings, ledger, transcripts
from auricle_records.tables.privacy import masking_settings, reverse_maps, unmaskings
from auricle_records.tables.tenancy import api_keys, recipes, workspaces
from auricle_records.tables.work import runs

__all__ = [
    "METADATA",
    "agent_messages",
    "answers",
    "api_keys",
    "conversations",
    "evaluations",
    "findings",
    "labels",
    "ledger",
    "masking_settings",
    "outbox",
    "recipes",
    "reverse_maps",
    "revisions",
    "runs",
    "shifts",
    "tombstones",
    "transcripts",
    "unmaskings",
    "uploads",
    "webhook_endpoints",
    "workspaces",
]
