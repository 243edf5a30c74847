"""Golden cases of a dialogue that stands for a conversation: a replay asks the gateway for what the worker would find in the store."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx
from auricle_contracts import Transcript
from auricle_contracts.golden import MOST_CASE_CHARS, GoldenCasesAsked, GoldenCasesFound
from auricle_kit.errors import DependencyUnavailable
from pydantic import ValidationError

from auricle_scorer.case_search import pool_of
from auricle_scorer.checklist.golden_cases import CasePool, words_of

ATTEMPTS = 8
_LATER = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)


@dataclass
class GatewayCases:
    """Of a workspace's golden set, over HTTP by its key; each question is asked once."""

    http: httpx.AsyncClient
    _found: dict[tuple[str, str], asyncio.Task[GoldenCasesFound]] = field(default_factory=dict)

    async def near(self, item_id: str, asked: GoldenCasesAsked) -> GoldenCasesFound:
        """Raises DependencyUnavailable, also where the gateway refuses."""
        key = item_id, asked.model_dump_json()
        if key not in self._found:
            self._found[key] = asyncio.create_task(self._ask(item_id, asked))
        return await self._found[key]

    async def _ask(self, item_id: str, asked: GoldenCasesAsked) -> GoldenCasesFound:
        path = f"/v1/golden-items/{quote(item_id, safe='')}/cases"
        headers = {"content-type": "application/json"}
        for attempt in range(ATTEMPTS):
            try:
                reply = await self.http.post(path, content=asked.model_dump_json(), headers=headers)
                if reply.status_code not in _LATER or attempt + 1 == ATTEMPTS:
                    reply.raise_for_status()
                    return GoldenCasesFound.model_validate_json(reply.content)
            except (httpx.HTTPError, ValidationError) as error:
                told = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else type(error).__name__
                raise DependencyUnavailable(f"the gateway tells no golden cases ({told})") from None
            await asyncio.sleep(float(reply.headers.get("Retry-After", 0.3 * 2**attempt)))
        raise AssertionError("the last attempt returns or raises")


@dataclass(frozen=True)
class ItemCases:
    """The golden set for one dialogue, which is the item of this id."""

    cases: GatewayCases
    item_id: str

    async def pool(self, shown: Transcript, error_classes: Sequence[str], *, most: int) -> CasePool:
        """Cases of these classes near to the transcript, of each at most so many on either side. Raises DependencyUnavailable."""
        words = " ".join(turn.text for turn in shown.turns)[:MOST_CASE_CHARS]
        asked = GoldenCasesAsked(error_classes=tuple(error_classes), language=shown.language, words=words, most=most)
        return pool_of((await self.cases.near(self.item_id, asked)).items, words_of(shown))
