"""The one client for OpenAI-compatible model servers (llama.cpp on the laptop, vLLM on the cluster, any other by its address)."""

import asyncio
import copy
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from auricle_contracts.judges import Reasoning
from auricle_kit import log, tracing

from auricle_judging.confidence import Token
from auricle_judging.errors import ContextTooLong, ModelRefused, ModelUnavailable
from auricle_judging.rendering import ChatMessage

logger = log.get("judging.client")
T = TypeVar("T")
RETRIED_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
APPROXIMATION = "one token for two code points"
_CODE_POINTS_PER_TOKEN = 2
CONNECT_S, PROBE_S, COUNT_S = 10.0, 5.0, 10.0


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
    """A model as `/v1/models` describes it. `context` is in tokens, `weights` a content hash; None where the server does not say.

    `reasoning`: whether it was taught to write why first; None where the server does not say, or says another word.
    """

    id: str
    context: int | None
    demo_weights: bool
    weights: str | None = None
    reasoning: Reasoning | None = None


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
        base = base_url.rstrip("/")
        # httpx reads SSL_CERT_FILE and proxies from the environment, as its users expect; nothing else of it is sent.
        self._http = httpx.AsyncClient(
            headers={"authorization": f"Bearer {api_key}"},
            timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, CONNECT_S)),
            limits=httpx.Limits(max_connections=1000, max_keepalive_connections=100),
        )
        # Parsed once: a request with an address in words costs 0.1 ms more.
        self._models_url, self._chat_url = httpx.URL(f"{base}/models"), httpx.URL(f"{base}/chat/completions")
        self._tokenize_url = httpx.URL(base.removesuffix("/v1") + "/tokenize")
        self._has_tokenizer = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    def named(self, model: str) -> Self:
        """The same server asked for another model. It shares this client's connections, and must not outlive it."""
        other = copy.copy(self)
        other.model = model
        return other

    async def models(self) -> tuple[ServedModel, ...]:
        """What the server serves now. One attempt: this is also the readiness probe. ModelUnavailable when it is not there."""
        try:
            reply = await self._http.get(self._models_url, timeout=PROBE_S)
            reply.raise_for_status()
            entries = {str(entry["id"]): entry for entry in reply.json()["data"]}
            return tuple(_served(entry, entries.get(str(entry.get("parent")), {})) for entry in entries.values())
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelUnavailable(f"the model server does not list its models ({type(error).__name__})") from None

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
        self,
        messages: Sequence[ChatMessage],
        schema: Mapping[str, Any],
        *,
        temperature: float,
        max_tokens: int,
        seed: int = 0,
    ) -> Completion:
        """One completion bound to the schema. Raises ModelUnavailable, ContextTooLong or ModelRefused."""
        bound = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}
        request: dict[str, Any] = {
            "model": self.model, "messages": list(messages), "response_format": bound, "temperature": temperature,
            "max_tokens": max_tokens, "logprobs": True, "seed": seed,
        }  # fmt: skip
        return await self._patiently(lambda: self._completed(request))

    async def _completed(self, request: Mapping[str, Any]) -> Completion:
        """One attempt. Raises httpx's errors, and ValueError for something else than a completion."""
        began = time.monotonic()
        reply = await self._http.post(self._chat_url, json=request, headers={"traceparent": tracing.traceparent()})
        waited = time.monotonic() - began
        reply.raise_for_status()
        return _completion(reply.json(), waited)

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
            reply = await self._http.post(self._tokenize_url, json=body, timeout=COUNT_S)
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
            except httpx.HTTPStatusError as error:
                if error.response.status_code not in RETRIED_STATUSES:
                    raise _refusal(error.response) from None
                reason = str(error.response.status_code)
            except httpx.HTTPError as error:
                reason = type(error).__name__
            except ValueError:
                reason = "not_a_completion"
            logger.warning("model_retry", attempt=attempt + 1, reason=reason)
            if attempt + 1 < self._retrying.attempts:
                await asyncio.sleep(self._retrying.wait_s(attempt))
        raise ModelUnavailable(f"the model server failed {self._retrying.attempts} times, last: {reason}")


def approximate_tokens(text: str) -> int:
    """Tokens where no tokenizer can be asked; on the high side for Russian under every tokenizer that we know."""
    return -(-len(text) // _CODE_POINTS_PER_TOKEN)


def _refusal(reply: httpx.Response) -> ContextTooLong | ModelRefused:
    """Servers agree on 400 for a prompt that is too long, and on no word for it (the body is never logged: it can hold content)."""
    said = reply.text.lower()
    if reply.status_code in (400, 413) and ("context" in said or "too long" in said or "max_model_len" in said):
        return ContextTooLong("the prompt does not fit into the model's context")
    return ModelRefused(
        f"the model server refuses the request with {reply.status_code}", action="check AURICLE_MODEL_NAME"
    )


def _served(entry: Mapping[str, Any], parent: Mapping[str, Any]) -> ServedModel:
    """One entry. Of an adapter vLLM does not tell the context: it is that of the base, which the entry names as its parent."""
    meta = entry.get("meta") or {}
    context = entry.get("max_model_len") or meta.get("n_ctx") or parent.get("max_model_len")
    said = meta.get("reasoning")
    return ServedModel(
        str(entry.get("id", "")), int(context) if context else None, bool(meta.get("demo_weights")), meta.get("weights"),
        Reasoning(said) if said in tuple(Reasoning) else None,
    )  # fmt: skip


def _completion(reply: Any, waited_s: float) -> Completion:
    """The body of a reply as a completion. ValueError for something else."""
    try:
        choice, usage = reply["choices"][0], reply.get("usage") or {}
        given = (choice.get("logprobs") or {}).get("content") or []
        return Completion(
            text=choice["message"].get("content") or "",
            finished=choice.get("finish_reason") == "stop",
            tokens=tuple(map(_token, given)),
            tokens_in=int(usage.get("prompt_tokens") or 0),
            tokens_out=int(usage.get("completion_tokens") or 0),
            seconds=_worked(reply, waited_s),
            tokens_cached=(usage.get("prompt_tokens_details") or {}).get("cached_tokens"),
        )
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a completion: {type(error).__name__}") from None


def _token(given: Mapping[str, Any]) -> Token:
    data = given.get("bytes")
    return Token(bytes(data) if data is not None else str(given["token"]).encode(), float(given["logprob"]))


def _worked(extra: Mapping[str, Any], waited_s: float) -> float:
    """Seconds that the engine worked: llama.cpp tells them, so that a queue in front of it is not charged; else those waited."""
    timings = extra.get("timings")
    if not isinstance(timings, dict):
        return waited_s
    return min(waited_s, (float(timings.get("prompt_ms", 0)) + float(timings.get("predicted_ms", 0))) / 1000)
