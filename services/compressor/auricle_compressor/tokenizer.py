"""How many tokens a text costs: counted by the serving tokenizer where it answers, else by a stated approximation."""

import re
import time
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Protocol

import httpx
from auricle_kit import log

logger = log.get("compressor.tokenizer")

# Byte-pair vocabularies of today's multilingual models spend a token on about 3 Cyrillic or 4.5 Latin letters, one on
# each digit and sign. Qwen2.5's gives 2.2 tokens a Russian word, this 2.1 to 2.3 on call-centre text.
APPROXIMATION = "approx:cyrillic/3,latin/4.5"
LETTERS_PER_TOKEN = {True: 3.0, False: 4.5}
_PIECE = re.compile(r"[^\W\d_]+|\d|[^\w\s]")


@dataclass(frozen=True)
class Count:
    """Tokens of several texts, and what counted them."""

    tokens: tuple[int, ...]
    counter: str


class TokenCounter(Protocol):
    """Counts every text with the same tokenizer, so that before and after compare."""

    async def count(self, *texts: str) -> Count: ...


def approximate(text: str) -> int:
    """Tokens by the approximation that `APPROXIMATION` names."""
    return sum(_piece(piece) for piece in _PIECE.findall(text))


def _piece(piece: str) -> int:
    cyrillic = "\u0400" <= piece[0] <= "\u04ff"
    return ceil(len(piece) / LETTERS_PER_TOKEN[cyrillic]) if piece.isalpha() else 1


class ApproximateCounter:
    """No server needed."""

    async def count(self, *texts: str) -> Count:
        return Count(tuple(approximate(text) for text in texts), APPROXIMATION)


@dataclass
class ServedCounter:
    """`/tokenize` of llama.cpp (`content` in, `tokens` out) and of vLLM (`prompt` in, `count` out): one body serves both.

    A server that does not answer is left alone for `retry_seconds`: a sleeping model must not slow every conversation down.
    """

    client: httpx.AsyncClient
    url: httpx.URL | str
    model: str
    retry_seconds: float
    _silent_until: float = field(default=0.0, init=False)

    async def count(self, *texts: str) -> Count:
        if time.monotonic() < self._silent_until:
            return await ApproximateCounter().count(*texts)
        try:
            return Count(tuple([await self._one(text) for text in texts]), self.model)
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            logger.info("tokenizer_silent", error_type=type(error).__name__, retry_seconds=self.retry_seconds)
            self._silent_until = time.monotonic() + self.retry_seconds
            return await ApproximateCounter().count(*texts)

    async def _one(self, text: str) -> int:
        body = {"model": self.model, "content": text, "prompt": text, "add_special_tokens": False}
        reply = await self.client.post(self.url, json=body)
        reply.raise_for_status()
        answer: dict[str, Any] = reply.json()
        return int(answer["count"]) if "count" in answer else len(answer["tokens"])
