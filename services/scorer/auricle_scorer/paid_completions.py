"""Answers that were paid for: a retry of a run asks only for what is missing. Requests are told apart by the hash of all that is sent."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from auricle_judging import ChatMessage, Completion, TokenCount
from auricle_judging.confidence import Token

from auricle_scorer.metered import CountingModel

Body = Mapping[str, Any]
Request = Sequence[Any]
LEAST_LOGPROB = -1e6  # JSON has no infinity


@dataclass
class PaidAnswers:
    """Of one conversation: those of earlier attempts, and those of this one."""

    earlier: Mapping[str, Body] = field(default_factory=dict)
    _answered: list[tuple[Request, Completion]] = field(default_factory=list, init=False)

    def known(self, request: Request) -> Body | None:
        """What an earlier attempt was answered to the same request."""
        return self.earlier.get(hash_of(request)) if self.earlier else None

    def add(self, request: Request, completion: Completion) -> None:
        """One that is paid for now. Hashed only when it has to be kept: nearly all attempts end well."""
        self._answered.append((request, completion))

    @property
    def answered(self) -> Sequence[tuple[Request, Completion]]:
        """What was asked in this attempt, in its order."""
        return self._answered

    @property
    def fresh(self) -> dict[str, Body]:
        """Those of this attempt, by the hash of their request."""
        return {hash_of(request): kept(completion) for request, completion in self._answered}


def hash_of(request: Request) -> str:
    """SHA-256 of all that is sent."""
    return hashlib.sha256(json.dumps(request, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class RememberingModel:
    """A model that is not asked again what it has answered. `name`: the weights that answer, since others answer otherwise."""

    model: CountingModel
    name: str
    paid: PaidAnswers

    async def ask(
        self, messages: Sequence[ChatMessage], schema: Mapping[str, Any], *, temperature: float, max_tokens: int
    ) -> Completion:
        """The completion of an earlier attempt, as it was; else the model's."""
        request = [self.name, list(messages), dict(schema), temperature, max_tokens]
        known = self.paid.known(request)
        if known is not None:
            return restored(known)
        completion = await self.model.ask(messages, schema, temperature=temperature, max_tokens=max_tokens)
        self.paid.add(request, completion)
        return completion

    async def count(self, text: str) -> TokenCount:
        """Tokens of the text."""
        return await self.model.count(text)


def kept(completion: Completion) -> Body:
    """As JSON."""
    return {
        "text": completion.text, "finished": completion.finished, "seconds": completion.seconds,
        "tokens": [[base64.b64encode(token.data).decode(), max(token.logprob, LEAST_LOGPROB)] for token in completion.tokens],
        "tokens_in": completion.tokens_in, "tokens_out": completion.tokens_out, "tokens_cached": completion.tokens_cached,
    }  # fmt: skip


def restored(body: Body) -> Completion:
    """What `kept` was given."""
    tokens = tuple(Token(base64.b64decode(data), logprob) for data, logprob in body["tokens"])
    return Completion(**{**body, "tokens": tokens})
