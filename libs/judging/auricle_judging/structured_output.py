"""Structured output: the reply is validated against the schema and repaired at most once; what does not fit then is no answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from auricle_criteria import Prompt
from auricle_kit import log

from auricle_judging import replies
from auricle_judging.client import Completion
from auricle_judging.confidence import probability
from auricle_judging.rendering import ChatMessage, Rendered, template

logger = log.get("judging.structured_output")
MAX_SHOWN_REPLY = 2000


class Model(Protocol):
    """What a question needs of a client."""

    async def ask(
        self, messages: Sequence[ChatMessage], schema: Mapping[str, Any], *, temperature: float, max_tokens: int
    ) -> Completion:
        """One completion bound to the schema."""
        ...


@dataclass(frozen=True)
class FormReply:
    """The answer by the schema's keys, None when the model never answered in form; its text; and every completion that was paid."""

    answer: Mapping[str, Any] | None
    text: str
    asked: tuple[Completion, ...]
    faults: tuple[str, ...] = ()

    def probability(self, *path: str) -> float | None:
        """Joint probability of the tokens of the value at this path."""
        place = replies.locate(self.text, path)
        return probability(self.asked[-1].tokens, self.text, *place) if place else None

    def opening(self, *path: str) -> float | None:
        """Probability of the token that the value begins with: of `null` against an object, whatever stands in it."""
        place = replies.locate(self.text, path)
        return probability(self.asked[-1].tokens, self.text, place[0], place[0] + 1) if place else None


async def ask_form(prompt: Prompt, rendered: Rendered, model: Model) -> FormReply:
    """Ask; when the reply breaks the schema, say so once and ask again; then leave it. Errors of the server pass through."""
    first = await _ask(prompt, rendered.messages, rendered, model)
    try:
        return _in_form(rendered, [first])
    except replies.BadReply as bad:
        logger.info("model_repair", faults=len(bad.faults), finished=first.finished)
        again = (*rendered.messages, *_repair(prompt, first.text, bad))
    second = await _ask(prompt, again, rendered, model)
    try:
        return _in_form(rendered, [first, second])
    except replies.BadReply as bad:
        return FormReply(None, second.text, (first, second), bad.faults)


async def _ask(prompt: Prompt, messages: Sequence[ChatMessage], rendered: Rendered, model: Model) -> Completion:
    return await model.ask(messages, rendered.schema, temperature=prompt.temperature, max_tokens=prompt.max_tokens)


def _in_form(rendered: Rendered, asked: Sequence[Completion]) -> FormReply:
    text = replies.unfenced(asked[-1].text)
    return FormReply(replies.parse(text, rendered.schema), text, tuple(asked))


def _repair(prompt: Prompt, said: str, bad: replies.BadReply) -> tuple[ChatMessage, ChatMessage]:
    words = template(prompt.repair).render(faults="; ".join(bad.faults))
    return ChatMessage(role="assistant", content=said[:MAX_SHOWN_REPLY]), ChatMessage(role="user", content=words)
