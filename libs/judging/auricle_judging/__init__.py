"""Asking a model and believing only what can be found again.

What asks a model is imported on first use: the client's library takes two seconds to import, and rules only look for quotes.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from auricle_judging.errors import ContextTooLong, ModelRefused, ModelUnavailable
from auricle_judging.evidence import find_quote, heard_confidence, quote_at
from auricle_judging.rendering import ChatMessage, Choices, PromptLine, Rendered, canonical, render

if TYPE_CHECKING:
    from auricle_judging.client import Completion, ModelClient, Retrying, ServedModel, TokenCount
    from auricle_judging.questions import Opinion, Reply, put

_LATE = {
    **dict.fromkeys(("Completion", "ModelClient", "Retrying", "ServedModel", "TokenCount"), "auricle_judging.client"),
    **dict.fromkeys(("Opinion", "Reply", "put"), "auricle_judging.questions"),
}

__all__ = [
    "ChatMessage",
    "Choices",
    "Completion",
    "ContextTooLong",
    "ModelClient",
    "ModelRefused",
    "ModelUnavailable",
    "Opinion",
    "PromptLine",
    "Rendered",
    "Reply",
    "Retrying",
    "ServedModel",
    "TokenCount",
    "canonical",
    "find_quote",
    "heard_confidence",
    "put",
    "quote_at",
    "render",
]


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATE[name]), name)
