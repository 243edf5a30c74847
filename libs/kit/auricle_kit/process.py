"""The first lines of every `__main__`: logs and traces set up from the settings."""

import asyncio
from collections.abc import Coroutine

import uvloop

from auricle_kit import log, tracing
from auricle_kit.settings import Settings


def begin(service: str, settings: Settings) -> None:
    """Configure logs and tracing for this process."""
    log.configure(service, level=settings.log_level, log_format=settings.log_format)
    tracing.configure(service, trace_file=settings.trace_file, otlp_endpoint=settings.otlp_endpoint)


def run(service: str, settings: Settings, main: Coroutine[None, None, None]) -> None:
    """Begin, then run the process's one coroutine on uvloop until it ends."""
    begin(service, settings)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)
