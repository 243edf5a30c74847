"""The tokens of a rubric are asked for once, and again as long as only the approximation could be had.

Those of a digest are not asked for where the compressor's count leaves room enough.
"""

import pytest
from auricle_contracts import Channel, Digest, DigestLine, Level, Role
from auricle_criteria import Library
from auricle_judging import Completion, ModelUnavailable, TokenCount
from auricle_judging.client import APPROXIMATION
from auricle_scorer.llm_step import ModelAnswers, PromptContext, PromptLimits, PromptRunner, surely_fits
from unit.scorer.cases import PROMPTS, talk


class Counter:
    """Says who counted, and keeps what it was asked."""

    def __init__(self, counter: str) -> None:
        self.counter, self.asked = counter, list[str]()

    async def count(self, text: str) -> TokenCount:
        self.asked.append(text)
        return TokenCount(len(text), self.counter)

    async def ask(self, *_: object, **__: object) -> Completion:
        raise ModelUnavailable("only counts")


async def counts(counter: Counter, *texts: str) -> list[int]:
    reader = PromptRunner(None, counter)  # type: ignore[arg-type]
    return [await reader.count_rubric(text) for text in texts]


async def test_a_counted_rubric_is_not_counted_again() -> None:
    counter = Counter("judge")
    assert await counts(counter, "one", "three", "one", "three") == [3, 5, 3, 5]
    assert counter.asked == ["one", "three"]


async def test_an_approximation_is_not_remembered() -> None:
    counter = Counter(APPROXIMATION)
    assert await counts(counter, "one", "one") == [3, 3]
    assert counter.asked == ["one", "one"]


def digest(tokens: int, counter: str = "judge") -> Digest:
    line = DigestLine(turns=(1,), role=Role.AGENT, text="Добрый день")
    return Digest(
        version="v", level=Level.RAW, level_reason="", lines=(line,), dropped=(), tokens_before=tokens, tokens_after=tokens,
        token_counter=counter,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tokens", "counter", "fits"), [(100, "judge", True), (400, "judge", False), (100, APPROXIMATION, False)]
)
async def test_a_digest_that_surely_fits_is_not_counted_again(tokens: int, counter: str, fits: bool) -> None:
    assert surely_fits(digest(tokens, counter), 500, "judge") is fits
    model, prompt = Counter("judge"), Library.read(PROMPTS).prompts["evaluate"]
    runner = PromptRunner(None, model)  # type: ignore[arg-type]
    rubric = await runner.count_rubric("")
    context, limits = PromptContext(Channel.CALL, (), {}), PromptLimits(4096 + rubric, 1, None, "judge")
    with pytest.raises(ModelUnavailable):
        await runner.run(
            [prompt], ModelAnswers(digest(tokens if fits else 9999, counter), 0.0), talk(), context, limits
        )
    assert len(model.asked) == (2 if fits else 3)
