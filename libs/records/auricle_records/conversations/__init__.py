"""Conversations and their revisions: the door (receive, store), changes, reading. Writes `conversations` and `revisions`, for the gateway.

receive ─► (blob is written) ─► store ─► runs to publish
   │                              └──── Gone: deleted or cleaned away meanwhile
   └─ abandon: the body never came
"""

from auricle_records.conversations.agents import AgentCriterion, AgentSummary, agents
from auricle_records.conversations.changes import delete, patch
from auricle_records.conversations.filters import Filters
from auricle_records.conversations.places import Body, Received, Stored
from auricle_records.conversations.reading import Page, blob_keys, find, get, page
from auricle_records.conversations.receiving import receive, receive_revision
from auricle_records.conversations.source import Source, load_source, source_of
from auricle_records.conversations.storing import abandon, stale_receiving, store

__all__ = [
    "AgentCriterion",
    "AgentSummary",
    "Body",
    "Filters",
    "Page",
    "Received",
    "Source",
    "Stored",
    "abandon",
    "agents",
    "blob_keys",
    "delete",
    "find",
    "get",
    "load_source",
    "page",
    "patch",
    "receive",
    "receive_revision",
    "source_of",
    "stale_receiving",
    "store",
]
