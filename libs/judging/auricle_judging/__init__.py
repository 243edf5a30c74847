"""Asking a model and believing only what can be found again.

What asks a model is imported on first use: rules only look for quotes, and need no HTTP client for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from auricle_judging.errors import ContextTooLong, ModelRefused, ModelUnavailable
from auricle_judging.evidence import find_quote
from auricle_judging.quoting import heard_confidence, quote_at
from auricle_judging.rendering import ChatMessage, Choices, PromptLine, Rendered, canonical, render

if TYPE_CHECKING:
    from auricle_judging.client import Completion, ModelClient, Retrying, ServedModel, TokenCount
    from auricle_judging.prompting import ModelAnswer, PromptReply, ask_prompt

_LATE = {
    **dict.fromkeys(("Completion", "ModelClient", "Retrying", "ServedModel", "TokenCount"), "auricle_judging.client"),
    **dict.fromkeys(("ModelAnswer", "PromptReply", "ask_prompt"), "auricle_judging.prompting"),
}

__all__ = [
    "ChatMessage",
    "Choices",
    "Completion",
    "ContextTooLong",
    "ModelAnswer",
    "ModelClient",
    "ModelRefused",
    "ModelUnavailable",
    "PromptLine",
    "PromptReply",
    "Rendered",
    "Retrying",
    "ServedModel",
    "TokenCount",
    "ask_prompt",
    "canonical",
    "find_quote",
    "heard_confidence",
    "quote_at",
    "render",
]


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATE[name]), name)
