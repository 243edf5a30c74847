"""The one client for OpenAI-compatible model servers (llama.cpp on the laptop, vLLM on the cluster, any other by its address)."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from auricle_kit import log, tracing
from openai import APIConnectionError, APIResponseValidationError, APIStatusError, AsyncOpenAI
from openai.types.chat import ChatCompletion

from auricle_judging.confidence import Token
from auricle_judging.errors import ContextTooLong, ModelRefused, ModelUnavailable
from auricle_judging.rendering import ChatMessage

logger = log.get("judging.client")
T = TypeVar("T")
RETRIED_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
APPROXIMATION = "one token for two code points"
_CODE_POINTS_PER_TOKEN = 2


@dataclass(frozen=True)
class Retrying:
    """Full jitter: before attempt n the wait is uniform in [0, min(cap_s, base_s * 2**n)]."""

    attempts: int = 4
    base_s: float = 0.5
    cap_s: float = 8.0

    def wait_s(self, attempt: int) -> float:
        """Seconds before the attempt after this one."""
        return random.uniform(0, min(self.cap_s, self.base_s * 2.0**attempt))  # noqa: S311  not a secret


@dataclass(frozen=True)
class ServedModel:
    """A model as `/v1/models` describes it. `context` is in tokens; None where the server does not say."""

    id: str
    context: int | None
    demo_weights: bool


@dataclass(frozen=True)
class Completion:
    """One answer: its text, tokens with log probabilities (empty where the server gives none), usage, and seconds of work.

    `tokens_cached` of `tokens_in` the server had read before; None where it does not say.
    """

    text: str
    finished: bool
    tokens: tuple[Token, ...]
    tokens_in: int
    tokens_out: int
    seconds: float
    tokens_cached: int | None = None


@dataclass(frozen=True)
class TokenCount:
    """How many tokens, and who counted: the model's own tokenizer or a stated approximation."""

    count: int
    counter: str


class ModelClient:
    """Asks one model of one server. An async context manager: it owns the connection pool."""

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        api_key: str = "none",
        timeout_s: float = 120.0,
        retrying: Retrying | None = None,
    ) -> None:
        self.model = model
        self._retrying = retrying or Retrying()
        self._api = AsyncOpenAI(base_url=base_url, api_key=api_key, max_retries=0, timeout=timeout_s)
        self._http = httpx.AsyncClient(timeout=10.0)
        self._tokenize_url = base_url.rstrip("/").removesuffix("/v1") + "/tokenize"
        self._has_tokenizer = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._api.close()
        await self._http.aclose()

    async def models(self) -> tuple[ServedModel, ...]:
        """What the server serves now. One attempt: this is also the readiness probe. ModelUnavailable when it is not there."""
        try:
            listed = await self._api.models.list(timeout=5.0)
        except (APIConnectionError, APIStatusError, APIResponseValidationError, ValueError) as error:
            raise ModelUnavailable(f"the model server does not list its models ({type(error).__name__})") from None
        entries = {str(entry.id): entry.to_dict() for entry in listed.data}
        return tuple(_served(entry, entries.get(str(entry.get("parent")), {})) for entry in entries.values())

    async def served(self) -> ServedModel | None:
        """The model that this client asks, or None while the server does not serve it.

        vLLM's LoRA resolver lists an adapter only after something has asked for it by name: then this asks, with one word to count.
        """
        found = await self._listed()
        if found is None and await self._count_there("?") is not None:
            found = await self._listed()
        return found

    async def _listed(self) -> ServedModel | None:
        return next((model for model in await self.models() if model.id == self.model), None)

    async def ask(
        self, messages: Sequence[ChatMessage], schema: Mapping[str, Any], *, temperature: float, max_tokens: int
    ) -> Completion:
        """One completion bound to the schema. Raises ModelUnavailable, ContextTooLong or ModelRefused."""
        asked = self._api.chat.completions.create
        bound = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}
        request: dict[str, Any] = {
            "model": self.model, "messages": list(messages), "response_format": bound, "temperature": temperature,
            "max_tokens": max_tokens, "logprobs": True, "seed": 0, "extra_headers": {"traceparent": tracing.traceparent()},
        }  # fmt: skip
        return await self._patiently(lambda: _read(asked(**request)))

    async def count(self, text: str) -> TokenCount:
        """Tokens of the text by the server's `/tokenize` (llama.cpp's and vLLM's), else by the stated approximation."""
        if self._has_tokenizer:
            counted = await self._count_there(text)
            if counted is not None:
                return TokenCount(counted, self.model)
        return TokenCount(approximate_tokens(text), APPROXIMATION)

    async def _count_there(self, text: str) -> int | None:
        body = {"model": self.model, "prompt": text, "content": text}
        try:
            reply = await self._http.post(self._tokenize_url, json=body)
        except httpx.HTTPError:
            return None
        try:
            said = reply.json()
        except ValueError:
            said = None
        if reply.status_code in (404, 405, 501) and not (isinstance(said, dict) and "error" in said):
            self._has_tokenizer = False  # no such route; a model that is not there yet is told as an error
        tokens = said.get("tokens") if isinstance(said, dict) else None
        return len(tokens) if isinstance(tokens, list) else None

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Retry what may pass, with jitter; name what will not."""
        for attempt in range(self._retrying.attempts):
            try:
                return await call()
            except APIStatusError as error:
                if error.status_code not in RETRIED_STATUSES:
                    raise _refusal(error) from None
                reason = str(error.status_code)
            except APIConnectionError as error:
                reason = type(error).__name__
            except (APIResponseValidationError, ValueError):
                reason = "not_a_completion"
            logger.warning("model_retry", attempt=attempt + 1, reason=reason)
            if attempt + 1 < self._retrying.attempts:
                await asyncio.sleep(self._retrying.wait_s(attempt))
        raise ModelUnavailable(f"the model server failed {self._retrying.attempts} times, last: {reason}")


def approximate_tokens(text: str) -> int:
    """Tokens where no tokenizer can be asked; on the high side for Russian under every tokenizer that we know."""
    return -(-len(text) // _CODE_POINTS_PER_TOKEN)


def _refusal(error: APIStatusError) -> ContextTooLong | ModelRefused:
    """Servers agree on 400 for a prompt that is too long, and on no word for it (the body is never logged: it can hold content)."""
    said = str(error.body).lower() + str(error.message).lower()
    if error.status_code in (400, 413) and ("context" in said or "too long" in said or "max_model_len" in said):
        return ContextTooLong("the prompt does not fit into the model's context")
    return ModelRefused(
        f"the model server refuses the request with {error.status_code}", action="check AURICLE_MODEL_NAME"
    )


def _served(entry: Mapping[str, Any], parent: Mapping[str, Any]) -> ServedModel:
    """One entry. Of an adapter vLLM does not tell the context: it is that of the base, which the entry names as its parent."""
    meta = entry.get("meta") or {}
    context = entry.get("max_model_len") or meta.get("n_ctx") or parent.get("max_model_len")
    return ServedModel(str(entry.get("id", "")), int(context) if context else None, bool(meta.get("demo_weights")))


async def _read(asked: Awaitable[ChatCompletion]) -> Completion:
    """The reply as a completion. The library does not check what it parses: ValueError for something else."""
    began = time.monotonic()
    reply = await asked
    waited = time.monotonic() - began
    try:
        choice, usage = reply.choices[0], reply.usage
        given = choice.logprobs.content if choice.logprobs and choice.logprobs.content else []
        return Completion(
            text=choice.message.content or "",
            finished=choice.finish_reason == "stop",
            tokens=tuple(Token(bytes(t.bytes) if t.bytes is not None else t.token.encode(), t.logprob) for t in given),
            tokens_in=usage.prompt_tokens if usage else 0,
            tokens_out=usage.completion_tokens if usage else 0,
            seconds=_worked(reply.model_extra or {}, waited),
            tokens_cached=usage.prompt_tokens_details.cached_tokens if usage and usage.prompt_tokens_details else None,
        )
    except (AttributeError, IndexError, TypeError) as error:
        raise ValueError(f"not a completion: {error}") from None


def _worked(extra: Mapping[str, Any], waited_s: float) -> float:
    """Seconds that the engine worked: llama.cpp tells them, so that a queue in front of it is not charged; else those waited."""
    timings = extra.get("timings")
    if not isinstance(timings, dict):
        return waited_s
    return min(waited_s, (float(timings.get("prompt_ms", 0)) + float(timings.get("predicted_ms", 0))) / 1000)
