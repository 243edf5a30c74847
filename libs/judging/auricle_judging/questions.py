"""One prompt put to the model about one stretch of a conversation: asked, checked, repaired once, and given up honestly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from auricle_contracts import AnswerState, AnswerValue, Quote, Transcript
from auricle_criteria import Prompt
from auricle_kit import log

from auricle_judging import replies, spending
from auricle_judging.client import Completion
from auricle_judging.confidence import Token, probability
from auricle_judging.evidence import find_quote
from auricle_judging.rendering import ChatMessage, Rendered, template

logger = log.get("judging.questions")
MAX_SHOWN_REPLY = 2000


class Model(Protocol):
    """What a question needs of a client."""

    async def ask(
        self, messages: Sequence[ChatMessage], schema: Mapping[str, Any], *, temperature: float, max_tokens: int
    ) -> Completion:
        """One completion bound to the schema."""
        ...


@dataclass(frozen=True)
class Opinion:
    """What the model thinks of one criterion, with the evidence that was found again. `why` says what is missing."""

    state: AnswerState
    value: AnswerValue = None
    confidence: float | None = None
    quotes: tuple[Quote, ...] = ()
    why: str | None = None
    dropped_quotes: int = 0


@dataclass(frozen=True)
class Reply:
    """The opinions by criterion (empty when the model never answered in form), and what asking cost.

    `criteria` splits all tokens, in and out, over the criteria that were asked for (see `spending`).
    """

    opinions: Mapping[str, Opinion]
    reasoning: str | None
    seconds: float
    tokens_in: int
    tokens_out: int
    repaired: bool = False
    faults: tuple[str, ...] = field(default=())
    tokens_cached: int | None = None
    criteria: Mapping[str, int] = field(default_factory=dict)


async def put(prompt: Prompt, rendered: Rendered, transcript: Transcript, model: Model) -> Reply:
    """Ask; when the reply breaks the schema, say so once and ask again; then leave it. Errors of the server pass through."""
    first = await _ask(prompt, rendered.messages, rendered, model)
    try:
        return _reply(prompt, rendered, transcript, [first])
    except replies.BadReply as bad:
        logger.info("model_repair", faults=len(bad.faults), finished=first.finished)
        again = (*rendered.messages, *_repair(prompt, first.text, bad))
    second = await _ask(prompt, again, rendered, model)
    try:
        return _reply(prompt, rendered, transcript, [first, second])
    except replies.BadReply as bad:
        return _total(prompt, [first, second], {}, None, faults=bad.faults)


async def _ask(prompt: Prompt, messages: Sequence[ChatMessage], rendered: Rendered, model: Model) -> Completion:
    return await model.ask(messages, rendered.schema, temperature=prompt.temperature, max_tokens=prompt.max_tokens)


def _repair(prompt: Prompt, said: str, bad: replies.BadReply) -> tuple[ChatMessage, ChatMessage]:
    words = template(prompt.repair).render(faults="; ".join(bad.faults))
    return ChatMessage(role="assistant", content=said[:MAX_SHOWN_REPLY]), ChatMessage(role="user", content=words)


def _reply(prompt: Prompt, rendered: Rendered, transcript: Transcript, asked: Sequence[Completion]) -> Reply:
    text = replies.unfenced(asked[-1].text)
    answer = replies.parse(text, rendered.schema)
    said = _Said(text, asked[-1].tokens, rendered, transcript)
    opinions = {name: said.opinion(name, answer[name]) for name in prompt.serves}
    reasoning = answer.get("reasoning")
    own = spending.own_tokens(text, prompt.serves, asked[-1].tokens, asked[-1].tokens_out)
    return _total(prompt, asked, opinions, reasoning if isinstance(reasoning, str) else None, own)


def _total(
    prompt: Prompt,
    asked: Sequence[Completion],
    opinions: Mapping[str, Opinion],
    reasoning: str | None,
    own: Mapping[str, int] | None = None,
    *,
    faults: tuple[str, ...] = (),
) -> Reply:
    tokens_in, tokens_out = sum(c.tokens_in for c in asked), sum(c.tokens_out for c in asked)
    cached = [c.tokens_cached for c in asked if c.tokens_cached is not None]
    return Reply(
        opinions, reasoning, sum(c.seconds for c in asked), tokens_in, tokens_out,
        repaired=len(asked) > 1 and not faults, faults=faults, tokens_cached=sum(cached) if cached else None,
        criteria=spending.by_criterion(prompt.serves, own or {}, tokens_in + tokens_out),
    )  # fmt: skip


@dataclass(frozen=True)
class _Said:
    """A reply in form, beside what its words are checked against."""

    text: str
    tokens: tuple[Token, ...]
    rendered: Rendered
    transcript: Transcript

    def opinion(self, name: str, said: object) -> Opinion:
        """Occasion first, then evidence, then the value with the probability of its tokens."""
        if not isinstance(said, dict):
            return Opinion(AnswerState.UNDETERMINED, why="no_evidence")
        if said.get("occasion") is False:
            return Opinion(
                AnswerState.NOT_APPLICABLE, confidence=self._probability(name, "occasion"), why="no_occasion"
            )
        quote = find_quote(str(said.get("quote", "")), str(said.get("turn", "")), self.rendered.lines, self.transcript)
        if quote is None:
            return Opinion(AnswerState.UNDETERMINED, why="quote_not_found", dropped_quotes=1)
        return Opinion(AnswerState.ANSWERED, said.get("value"), self._probability(name, "value"), (quote,))

    def _probability(self, *path: str) -> float | None:
        place = replies.locate(self.text, path)
        return probability(self.tokens, self.text, *place) if place else None
