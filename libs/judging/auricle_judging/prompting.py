"""One prompt asked about one context window: a reply in form is resolved into answers with quotes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from auricle_contracts import AnswerState, AnswerValue, Quote, Transcript
from auricle_criteria import Prompt

from auricle_judging import spending
from auricle_judging.clause_quotes import quotes_at
from auricle_judging.client import Completion
from auricle_judging.rendering import REASONING, Rendered
from auricle_judging.structured_output import FormReply, Model, ask_form


@dataclass(frozen=True)
class ModelAnswer:
    """What the model thinks of one criterion, with the evidence that was found again. `why` says what is missing."""

    state: AnswerState
    value: AnswerValue = None
    confidence: float | None = None
    quotes: tuple[Quote, ...] = ()
    why: str | None = None
    dropped_quotes: int = 0


@dataclass(frozen=True)
class PromptReply:
    """The answers by criterion (empty when the model never answered in form), and what asking cost.

    `criteria` splits all tokens, in and out, over the criteria that were asked for (see `spending`).
    """

    answers: Mapping[str, ModelAnswer]
    reasoning: str | None
    seconds: float
    tokens_in: int
    tokens_out: int
    repaired: bool = False
    faults: tuple[str, ...] = field(default=())
    tokens_cached: int | None = None
    criteria: Mapping[str, int] = field(default_factory=dict)


async def ask_prompt(prompt: Prompt, rendered: Rendered, transcript: Transcript, model: Model) -> PromptReply:
    """Ask for criteria, and resolve the places of the answers. Errors of the server pass through."""
    reply = await ask_form(prompt, rendered, model)
    if reply.answer is None:
        return _total(prompt, reply.asked, {}, None, faults=reply.faults)
    said = _Said(reply, reply.answer, rendered, transcript)
    answers = {name: said.answer(name) for name in prompt.serves}
    reasoning, last = reply.answer.get(REASONING), reply.asked[-1]
    own = spending.own_tokens(reply.text, prompt.serves, last.tokens, last.tokens_out)
    return _total(prompt, reply.asked, answers, reasoning if isinstance(reasoning, str) else None, own)


def _total(
    prompt: Prompt,
    asked: Sequence[Completion],
    answers: Mapping[str, ModelAnswer],
    reasoning: str | None,
    own: Mapping[str, int] | None = None,
    *,
    faults: tuple[str, ...] = (),
) -> PromptReply:
    tokens_in, tokens_out = sum(c.tokens_in for c in asked), sum(c.tokens_out for c in asked)
    cached = [c.tokens_cached for c in asked if c.tokens_cached is not None]
    return PromptReply(
        answers, reasoning, sum(c.seconds for c in asked), tokens_in, tokens_out,
        repaired=len(asked) > 1 and not faults, faults=faults, tokens_cached=sum(cached) if cached else None,
        criteria=spending.by_criterion(prompt.serves, own or {}, tokens_in + tokens_out),
    )  # fmt: skip


@dataclass(frozen=True)
class _Said:
    """A reply in form, beside what its words are checked against."""

    reply: FormReply
    whole: Mapping[str, Any]
    rendered: Rendered
    transcript: Transcript

    def answer(self, name: str) -> ModelAnswer:
        """Occasion first, then evidence, then the value with the probability of its tokens."""
        said = self.whole[name]
        if said is None:
            return ModelAnswer(AnswerState.NOT_APPLICABLE, confidence=self.reply.probability(name), why="no_occasion")
        labels = said.get("at", ()) if isinstance(said, dict) else ()
        quotes = quotes_at(labels, self.rendered.clauses, self.transcript)
        if not isinstance(said, dict) or not quotes:
            return ModelAnswer(AnswerState.UNDETERMINED, why="no_evidence", dropped_quotes=len(labels))
        return ModelAnswer(AnswerState.ANSWERED, said.get("value"), self.reply.probability(name, "value"), quotes)
