"""The gateway as the pages see it: one method a route, contracts in and out, its problems as errors."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from auricle_contracts import (
    ConversationView,
    CriterionKind,
    EvaluationReport,
    Label,
    Priority,
    Recipe,
    RunView,
    Scope,
    Step,
    Transcript,
)
from auricle_kit import tracing
from auricle_kit.errors import DependencyUnavailable
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from auricle_console.errors import GatewaySaid, LoginNeeded

ABSENT = frozenset({404, 409, 410})
M = TypeVar("M", bound=BaseModel)


class _Reply(BaseModel):
    """Replies of the gateway's own; fields that this page does not know are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class WhoAmI(_Reply):
    workspace: str
    scopes: tuple[Scope, ...]


class Conversations(_Reply):
    items: tuple[ConversationView, ...]
    next_cursor: str | None = None


class Runs(_Reply):
    items: tuple[RunView, ...]
    next_cursor: str | None = None


class Labels(_Reply):
    items: tuple[Label, ...]


class AgentCriterion(_Reply):
    title: str
    kind: CriterionKind
    answered: int
    not_applicable: int
    undetermined: int
    mean: float | None
    labelled: int = 0
    agreed: float | None = None


class Agent(_Reply):
    agent: str
    name: str | None
    conversations: int
    evaluated: int
    duration_ms: int
    criteria: dict[str, AgentCriterion]
    findings: dict[str, int]


class Queue(_Reply):
    stream: str
    step: Step
    priority: Priority
    length: int | None
    oldest_age_ms: int | None


class Queues(_Reply):
    answering: bool
    items: tuple[Queue, ...]
    workers: dict[Step, str] = Field(default_factory=dict)


class Peaks(_Reply):
    """Loudness of equal steps of time, 0-100, for each track."""

    tracks: tuple[tuple[float, ...], ...]


Cell = str | int | float | None


class PanelRows(_Reply):
    name: str
    shape: str
    unit: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def named(self) -> list[dict[str, Cell]]:
        """Each row by its columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class Board(_Reply):
    panels: tuple[PanelRows, ...]


AGENTS = TypeAdapter(tuple[Agent, ...])


@dataclass(frozen=True)
class Gateway:
    """A client with one key."""

    client: httpx.AsyncClient
    key: str

    async def whoami(self) -> WhoAmI:
        """Whom the key speaks for. Raises LoginNeeded."""
        return WhoAmI.model_validate_json((await self._ask("GET", "/v1/whoami")).content)

    async def conversations(self, query: Mapping[str, str]) -> Conversations:
        """One page, newest first."""
        reply = await self._ask("GET", "/v1/conversations", params=dict(query))
        return Conversations.model_validate_json(reply.content)

    async def conversation(self, conversation: str) -> ConversationView:
        """Raises GatewaySaid (404, 410)."""
        reply = await self._ask("GET", f"/v1/conversations/{_part(conversation)}")
        return ConversationView.model_validate_json(reply.content)

    async def transcript(self, conversation: str, *, unmasked: bool = False) -> Transcript | None:
        """None while there is none. Raises GatewaySaid (403) where the key may not see what is hidden."""
        return await self._maybe(Transcript, f"/v1/conversations/{_part(conversation)}/transcript", unmasked=unmasked)

    async def report(self, conversation: str, *, unmasked: bool = False) -> EvaluationReport | None:
        """The current evaluation with digest and costs; None while there is none."""
        return await self._maybe(
            EvaluationReport, f"/v1/conversations/{_part(conversation)}/evaluation", unmasked=unmasked
        )

    async def peaks(self, conversation: str) -> Peaks | None:
        """The waveform; None while there is none."""
        return await self._maybe(Peaks, f"/v1/conversations/{_part(conversation)}/recording/peaks")

    async def recipe(self, conversation: str) -> Recipe | None:
        """What the current evaluation was made with; None while there is none."""
        return await self._maybe(Recipe, f"/v1/conversations/{_part(conversation)}/recipe")

    async def labels(self, conversation: str) -> tuple[Label, ...]:
        """What people said about its answers, the newest 200."""
        query = {"conversation_id": conversation, "limit": "200"}
        reply = await self._send("GET", "/v1/labels", params=query)
        return () if reply.status_code in ABSENT else Labels.model_validate_json(checked(reply).content).items

    async def label(self, said: Mapping[str, Any]) -> None:
        """Contest or confirm an answer. Raises GatewaySaid where it does not fit."""
        await self._ask("POST", "/v1/labels", json=dict(said))

    def recording(
        self, conversation: str, headers: Mapping[str, str], *, masked: bool = False
    ) -> AbstractAsyncContextManager[httpx.Response]:
        """The recording as a stream, with tones if `masked` or if the key may hear no other; the caller passes the browser's Range on."""
        path = f"/v1/conversations/{_part(conversation)}/recording"
        asked = {"masked": "true"} if masked else {}
        return self.client.stream("GET", path, params=asked, headers=self._headers | dict(headers))

    def export(self, query: Mapping[str, str]) -> AbstractAsyncContextManager[httpx.Response]:
        """The reports as a file, streamed."""
        return self.client.stream("GET", "/v1/export", params=dict(query), headers=self._headers)

    async def agents(self, query: Mapping[str, str]) -> tuple[Agent, ...]:
        """By name."""
        return AGENTS.validate_python((await self._ask("GET", "/v1/agents", params=dict(query))).json()["items"])

    async def dashboard(self, name: str, query: Mapping[str, str]) -> Board:
        """Rows of `quality` or `economics`. Raises GatewaySaid."""
        reply = await self._ask("GET", f"/v1/dashboards/{_part(name)}", params=dict(query))
        return Board.model_validate_json(reply.content)

    async def dead(self, cursor: str | None = None) -> Runs:
        """Runs that were given up, newest first."""
        params = {"state": "dead"} | ({"cursor": cursor} if cursor else {})
        return Runs.model_validate_json((await self._ask("GET", "/v1/runs", params=params)).content)

    async def resend(self, run: str) -> None:
        """A dead run to the queue again."""
        await self._ask("POST", f"/v1/runs/{_part(run)}/resend")

    async def queues(self) -> Queues:
        """Lengths and ages."""
        return Queues.model_validate_json((await self._ask("GET", "/v1/queues")).content)

    async def _maybe(self, model: type[M], path: str, *, unmasked: bool = False) -> M | None:
        reply = await self._send("GET", path, params={"unmasked": "true"} if unmasked else {})
        if reply.status_code in ABSENT:
            return None
        return model.model_validate_json(checked(reply).content)

    async def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        return checked(await self._send(method, path, **options))

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return await self.client.request(method, path, headers=self._headers, **options)
        except httpx.HTTPError as error:
            raise DependencyUnavailable(f"the gateway does not answer ({type(error).__name__})") from None

    @property
    def _headers(self) -> dict[str, str]:
        parent = tracing.traceparent()
        return {"Authorization": f"Bearer {self.key}"} | ({"traceparent": parent} if parent else {})


def _part(value: str) -> str:
    """One segment of a path: an id from a browser must not climb out of it."""
    return quote(value, safe="") if value.strip(".") else "none"


def checked(reply: httpx.Response) -> httpx.Response:
    """The same reply, wholly read, when it is a success. Raises LoginNeeded, or GatewaySaid with the gateway's problem."""
    if reply.is_success:
        return reply
    if reply.status_code == 401:
        raise LoginNeeded("the gateway does not know this key")
    try:
        problem = reply.json()
        code, detail = str(problem["code"]), str(problem["detail"])
    except (ValueError, KeyError, TypeError):
        code, detail = "internal", f"the gateway answered {reply.status_code}"
    raise GatewaySaid(reply.status_code, code, detail)
