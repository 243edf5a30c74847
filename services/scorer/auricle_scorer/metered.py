"""The model client with a meter around it: a call is charged its share of the moments in which the model works for several.

The share goes by the tokens of the prompt. Their number is known when the call begins, unlike the answer's, and all answers of a
prompt are of a length. The rubric, which every call of a prompt repeats, weighs the same in each: who finds it in the server's
cache pays as much for it as who put it there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from auricle_judging import ChatMessage, Completion, TokenCount
from auricle_judging.client import approximate_tokens
from auricle_judging.structured_output import Model
from auricle_kit.metering import current_job


class CountingModel(Model, Protocol):
    """What reading needs of a client: answers, and counts of tokens."""

    async def count(self, text: str) -> TokenCount:
        """Tokens of the text."""
        ...


@dataclass(frozen=True)
class Metered:
    """Outside of a job it changes nothing."""

    model: CountingModel

    async def ask(
        self, messages: Sequence[ChatMessage], schema: Mapping[str, Any], *, temperature: float, max_tokens: int
    ) -> Completion:
        """The model's completion; its seconds are the share. Waiting for a retry is charged too: the place was taken."""
        job = current_job()
        if job is None:
            return await self.model.ask(messages, schema, temperature=temperature, max_tokens=max_tokens)
        weight = sum(approximate_tokens(message["content"]) for message in messages)
        with job.measure(weight) as piece:
            completion = await self.model.ask(messages, schema, temperature=temperature, max_tokens=max_tokens)
        return replace(completion, seconds=piece.seconds)

    async def count(self, text: str) -> TokenCount:
        """Tokens of the text; too quick to be charged."""
        return await self.model.count(text)
