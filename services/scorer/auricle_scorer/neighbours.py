"""Compressor and rules over HTTP."""

import time
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import httpx
from auricle_contracts import CompressRequest, Contract, Digest, RulesReply, RulesRequest
from auricle_kit import tracing
from pydantic import ValidationError

from auricle_scorer.errors import NeighbourRefused, NeighbourTooSlow, NeighbourUnavailable

C = TypeVar("C", bound=Contract)


@dataclass(frozen=True)
class Neighbours:
    """The two services, each with the seconds that an answer took."""

    http: httpx.AsyncClient
    compressor_url: str
    rules_url: str

    async def compress(self, request: CompressRequest) -> tuple[Digest, float]:
        """The transcript's digest. Raises the errors of `errors`."""
        return await self._post("compressor", self._compress, request, Digest)

    async def rules(self, request: RulesRequest) -> tuple[RulesReply, float]:
        """What needs no model. Raises the errors of `errors`."""
        return await self._post("rules", self._answer, request, RulesReply)

    @cached_property
    def _compress(self) -> httpx.URL:
        return httpx.URL(f"{self.compressor_url}/v1/compress")

    @cached_property
    def _answer(self) -> httpx.URL:
        return httpx.URL(f"{self.rules_url}/v1/answer")

    async def silent(self) -> str | None:
        """The first of the two that does not answer its health check."""
        for name, url in (("compressor", self.compressor_url), ("rules", self.rules_url)):
            try:
                reply = await self.http.get(f"{url}/healthz", timeout=2.0)
            except httpx.HTTPError:
                return name
            if reply.status_code != httpx.codes.OK:
                return name
        return None

    async def _post(self, name: str, url: httpx.URL, request: Contract, kind: type[C]) -> tuple[C, float]:
        headers = {"content-type": "application/json", "traceparent": tracing.traceparent()}
        began = time.monotonic()
        try:
            reply = await self.http.post(url, content=request.model_dump_json(), headers=headers)
        except httpx.ReadTimeout:
            raise NeighbourTooSlow(
                f"the {name} took too long", action="raise AURICLE_NEIGHBOUR_TIMEOUT_SECONDS"
            ) from None
        except httpx.HTTPError as error:
            raise NeighbourUnavailable(f"the {name} does not answer ({type(error).__name__})") from None
        if reply.status_code >= 500 or reply.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise NeighbourUnavailable(f"the {name} answers {reply.status_code}")
        try:
            reply.raise_for_status()
            return kind.model_validate_json(reply.content), time.monotonic() - began
        except httpx.HTTPStatusError:
            raise NeighbourRefused(f"the {name} refuses the conversation with {reply.status_code}") from None
        except ValidationError:
            raise NeighbourRefused(f"the {name} answers with something else than a {kind.__name__}") from None
