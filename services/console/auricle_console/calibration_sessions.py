"""Calibration as the gateway tells it: one method a route."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from auricle_contracts.calibration import BlindConversation, Calibration, CalibrationComparison

from auricle_console.gateway import Gateway
from auricle_console.replies import Reply


class Sessions(Reply):
    items: tuple[Calibration, ...]
    next_cursor: str | None = None


class BlindConversations(Reply):
    items: tuple[BlindConversation, ...]


@dataclass(frozen=True)
class CalibrationSessions:
    """The routes of calibration; each raises what `Gateway.ask` raises."""

    gateway: Gateway

    async def page(self, query: Mapping[str, str]) -> Sessions:
        """Newest first."""
        reply = await self.gateway.ask("GET", "/v1/calibrations", params=dict(query))
        return Sessions.model_validate_json(reply.content)

    async def open(self, said: Mapping[str, Any]) -> Calibration:
        """A new one."""
        reply = await self.gateway.ask("POST", "/v1/calibrations", json=dict(said))
        return Calibration.model_validate_json(reply.content)

    async def get(self, session: str) -> Calibration:
        """One."""
        return Calibration.model_validate_json((await self.gateway.ask("GET", _path(session))).content)

    async def questions(self, session: str) -> tuple[BlindConversation, ...]:
        """With one's own answers."""
        reply = await self.gateway.ask("GET", f"{_path(session)}/questions")
        return BlindConversations.model_validate_json(reply.content).items

    async def answer(self, session: str, said: Mapping[str, Any]) -> None:
        """In place of the own answer before."""
        await self.gateway.ask("PUT", f"{_path(session)}/answers", json=dict(said))

    async def extend(self, session: str, said: Mapping[str, Any]) -> None:
        """With conversations and reviewers."""
        await self.gateway.ask("POST", f"{_path(session)}/additions", json=dict(said))

    async def close(self, session: str) -> None:
        """No answer is taken any more."""
        await self.gateway.ask("POST", f"{_path(session)}/closing")

    async def comparison(self, session: str) -> CalibrationComparison:
        """Of a closed one."""
        reply = await self.gateway.ask("GET", f"{_path(session)}/comparison")
        return CalibrationComparison.model_validate_json(reply.content)


def _path(session: str) -> str:
    return f"/v1/calibrations/{quote(session, safe='') if session.strip('.') else 'none'}"
