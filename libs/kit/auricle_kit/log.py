"""Structured logs: a constant event name, facts as keywords, ids and never content.

A processor refuses the fields that could hold content of a conversation, so that a slip is an error in tests and a redacted
line in production. Exceptions are told by frames and types, since their words quote what did not fit.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from opentelemetry import trace

from auricle_kit import tracebacks

CONTENT_FIELDS = frozenset(
    {"text", "texts", "turn_text", "turns", "quote", "quotes", "transcript", "digest", "prompt", "messages", "answer",
     "reasoning", "comment", "body", "content", "words", "phone", "email", "name"}
)  # fmt: skip
REFUSED = "[content refused]"
Event = MutableMapping[str, Any]


class ContentInLog(ValueError):
    """A log call carried a field that may hold content; raised only in strict mode (tests)."""


class ContentFilter:
    """Replaces content fields by a mark; in strict mode it raises instead."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict

    def __call__(self, _logger: Any, _method: str, event: Event) -> Event:
        found = CONTENT_FIELDS & event.keys()
        if found and self.strict:
            raise ContentInLog(f"log event {event.get('event')!r} carries {sorted(found)}")
        for field in found:
            event[field] = REFUSED
        return event


def _trace_ids(_logger: Any, _method: str, event: Event) -> Event:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = f"{context.trace_id:032x}"
    return event


def _formatter(log_format: str, shared: list[Any]) -> logging.Formatter:
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if log_format == "console":
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def configure(service: str, *, level: str = "INFO", log_format: str = "json", strict: bool = False) -> None:
    """Send our own and foreign loggers through one formatter to stderr, with the service's name on each line."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _trace_ids,
        ContentFilter(strict=strict),
        tracebacks.without_words,
        tracebacks.without_reprs,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(log_format, shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("uvicorn.access", "httpx", "httpcore", "botocore", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(service=service)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """A logger; bind ids to it with `.bind(run=…)`."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(f"auricle.{name}")
    return logger
