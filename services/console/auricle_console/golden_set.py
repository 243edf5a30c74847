"""The gateway's golden set as the pages see it: one method a route."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from urllib.parse import quote

import httpx
from auricle_contracts.golden import GoldenItem, GoldenKind, GoldenSettings, GoldenSplit, GoldenStatus
from auricle_contracts.vocabulary import Channel

from auricle_console.gateway import Gateway
from auricle_console.replies import NamedGoldenItem, Reply

ROOT = "/v1/golden-items"
JSONL = "application/x-ndjson"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class GoldenItems(Reply):
    """Newest first."""

    items: tuple[GoldenItem, ...]
    next_cursor: str | None = None


class Quota(Reply):
    """Of one subject and channel: items with it, without it, both in the test split, and what is missing of each side."""

    kind: GoldenKind
    subject: str
    channel: Channel
    with_it: int
    without_it: int
    in_test: int
    contested: int
    proposed: int
    missing_with_it: int
    missing_without_it: int


class Quotas(Reply):
    """`untouched`: error classes without an item; `duplicates`: items that are another state of a conversation that has one."""

    quota: int
    items: tuple[Quota, ...]
    untouched: tuple[str, ...]
    duplicates: int


class RefusedLine(Reply):
    """A line or row that was not taken, and why."""

    line: int
    why: str


class ContestedLine(Reply):
    """An item whose labels contradict each other after an import."""

    line: int
    item_id: str
    subjects: tuple[str, ...]


class GoldenImport(Reply):
    """What an import did; of one that was only looked at, what was read and refused."""

    dry_run: bool
    read: int
    added: int
    present: int
    labels: int
    same: int
    refused: int
    refused_lines: tuple[RefusedLine, ...]
    contested: tuple[ContestedLine, ...]
    by_split: dict[GoldenSplit, int]


class ChosenGolden(Reply):
    """The workspace's consent, what it wants of each side, and whether versions have to pass their gate."""

    consent: bool
    quota: int
    gate_required: bool


@dataclass(frozen=True)
class GoldenSet:
    """All raise GatewaySaid."""

    gateway: Gateway

    async def page(self, query: Mapping[str, str]) -> GoldenItems:
        """Without the scope `audit` nothing of the test split."""
        return GoldenItems.model_validate_json((await self.gateway.ask("GET", ROOT, params=dict(query))).content)

    async def item(self, item: str) -> NamedGoldenItem:
        """With withdrawn labels."""
        return NamedGoldenItem.model_validate_json((await self.gateway.ask("GET", _path(item))).content)

    async def settle(self, item: str, status: GoldenStatus, labels: Iterable[str]) -> None:
        """Labels by id become golden or are withdrawn; without ids all that are proposed."""
        said = {"status": status.value, "labels": list(labels)}
        await self.gateway.ask("POST", f"{_path(item)}/settle", json=said)

    async def remove(self, item: str) -> None:
        """For good."""
        await self.gateway.ask("DELETE", _path(item))

    async def quotas(self) -> Quotas:
        """Of all splits, in numbers."""
        return Quotas.model_validate_json((await self.gateway.ask("GET", "/v1/golden-quotas")).content)

    async def settings(self) -> ChosenGolden:
        """What the workspace chose."""
        return ChosenGolden.model_validate_json((await self.gateway.ask("GET", "/v1/golden-settings")).content)

    async def choose(self, chosen: GoldenSettings) -> None:
        """From now on."""
        await self.gateway.ask("PUT", "/v1/golden-settings", json=chosen.model_dump(mode="json"))

    async def bring(self, raw: bytes, columns: str | None, *, dry_run: bool) -> GoldenImport:
        """JSONL, or a workbook with JSON that says which column holds what; with `dry_run` only looked at."""
        asked = ({"columns": columns} if columns else {}) | ({"dry_run": "true"} if dry_run else {})
        headers = {"Content-Type": WORKBOOK if columns else JSONL}
        reply = await self.gateway.ask("POST", "/v1/golden-imports", content=raw, headers=headers, params=asked)
        return GoldenImport.model_validate_json(reply.content)

    def export(self, query: Mapping[str, str]) -> AbstractAsyncContextManager[httpx.Response]:
        """What counts, as JSONL, streamed."""
        return self.gateway.stream("/v1/golden-export", query)


def _path(item: str) -> str:
    return f"{ROOT}/{quote(item, safe='') if item.strip('.') else 'none'}"
