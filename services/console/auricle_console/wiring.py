"""Settings into parts: the only place where the console's parts are made."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from jinja2 import Environment, PackageLoader, StrictUndefined

from auricle_console import assets, formatting
from auricle_console.gateway import Gateway
from auricle_console.sessions import Sessions
from auricle_console.settings import ConsoleSettings

MAX_CONNECTIONS = 20


@dataclass(frozen=True)
class Parts:
    """What the routes need."""

    settings: ConsoleSettings
    client: httpx.AsyncClient
    sessions: Sessions
    templates: Environment

    def gateway(self, key: str) -> Gateway:
        """The gateway for one key."""
        return Gateway(self.client, key)


@asynccontextmanager
async def wire(settings: ConsoleSettings) -> AsyncIterator[Parts]:
    """The parts, closed at the end."""
    given = settings.console_secret
    secret = given.get_secret_value().encode() if given else secrets.token_bytes(32)
    limits = httpx.Limits(max_connections=MAX_CONNECTIONS)
    async with httpx.AsyncClient(
        base_url=settings.gateway_url, timeout=settings.gateway_timeout_seconds, limits=limits, trust_env=False
    ) as client:
        yield Parts(settings, client, Sessions(secret, int(settings.console_session_hours * 3600)), templates())


def templates() -> Environment:
    """Jinja2 with escaping always on: what callers and customers said is text, wherever it stands."""
    environment = Environment(
        loader=PackageLoader("auricle_console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= formatting.FILTERS | {
        "list_pair": lambda name, words: (name, words.known(f"criterion.{name}", name))
    }
    environment.globals["asset"] = assets.address
    return environment
