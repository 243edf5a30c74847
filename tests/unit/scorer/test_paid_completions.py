"""What was paid for is not asked again, and comes back as it was; another question or other weights are."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from auricle_judging import ChatMessage, Completion, TokenCount
from auricle_judging.confidence import Token
from auricle_scorer.paid_completions import PaidAnswers, RememberingModel, kept, restored

SAID = Completion('{"a":1}', True, (Token("я".encode()[:1], -0.25), Token(b"\xff", -3.5)), 12, 3, 0.5, 4)


class Counted:
    """A model that counts how often it is asked."""

    asked = 0

    async def ask(
        self,
        messages: Sequence[ChatMessage],  # noqa: ARG002
        schema: Mapping[str, Any],  # noqa: ARG002
        *,
        temperature: float,  # noqa: ARG002
        max_tokens: int,  # noqa: ARG002
    ) -> Completion:
        self.asked += 1
        return SAID

    async def count(self, text: str) -> TokenCount:
        return TokenCount(len(text), "letters")


async def ask(model: RememberingModel, words: str = "?") -> Completion:
    return await model.ask([ChatMessage(role="user", content=words)], {"type": "object"}, temperature=0, max_tokens=16)


def test_a_completion_comes_back_as_it_was() -> None:
    assert restored(kept(SAID)) == SAID
    never = Completion("x", True, (Token(b"x", -math.inf),), 1, 1, 0.1)
    assert math.isfinite(restored(kept(never)).tokens[0].logprob)


async def test_only_what_is_missing_is_asked() -> None:
    server, first = Counted(), PaidAnswers()
    assert await ask(RememberingModel(server, "judge@1", first)) == SAID
    later = PaidAnswers(dict(first.fresh))
    assert await ask(RememberingModel(server, "judge@1", later)) == SAID
    assert (server.asked, later.fresh) == (1, {})
    await ask(RememberingModel(server, "judge@1", later), "another question")
    await ask(RememberingModel(server, "judge@2", later))
    assert (server.asked, len(later.fresh)) == (3, 2)
    assert (await RememberingModel(server, "judge@1", later).count("four")).count == 4
