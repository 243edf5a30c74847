"""Conversations and their revisions. Writes `conversations` and `revisions`, for the gateway.

`intake` opens, stores, changes and deletes them, `reservations` renews and gives up what is still received, `queries` reads them,
`filters` and `judged` narrow lists of them.
"""

from auricle_records.conversations.filters import Filters
from auricle_records.conversations.intake import (
    delete,
    earlier,
    patch,
    receive,
    receive_revision,
    store,
)
from auricle_records.conversations.judged import AnswerCondition
from auricle_records.conversations.models import Body, Received, Stored
from auricle_records.conversations.queries import (
    Order,
    Page,
    Source,
    blob_keys,
    expired,
    find,
    get,
    load_source,
    page,
    source_of,
    views,
)
from auricle_records.conversations.reservations import RECEIVING_STALE_S, abandon, renew, stale_receiving
from auricle_records.conversations.short_texts import accept
from auricle_records.conversations.summaries import CriterionNamed, Facet, Facets, criteria_named, facets

__all__ = [
    "RECEIVING_STALE_S",
    "AnswerCondition",
    "Body",
    "CriterionNamed",
    "Facet",
    "Facets",
    "Filters",
    "Order",
    "Page",
    "Received",
    "Source",
    "Stored",
    "abandon",
    "accept",
    "blob_keys",
    "criteria_named",
    "delete",
    "earlier",
    "expired",
    "facets",
    "find",
    "get",
    "load_source",
    "page",
    "patch",
    "receive",
    "receive_revision",
    "renew",
    "source_of",
    "stale_receiving",
    "store",
    "views",
]
