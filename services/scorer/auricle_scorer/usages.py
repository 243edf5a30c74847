"""What one evaluation used, as entries of the ledger: rules, compressor, model. Pure."""

from collections import Counter
from collections.abc import Sequence

from auricle_contracts import Step, Usage
from auricle_judging import PromptReply

from auricle_scorer.llm_step import ModelAnswers

CPU = "cpu"


def of_cpu(part: str, seconds: float) -> Usage:
    """A service on the CPU."""
    return Usage(step=Step.EVALUATE, part=part, device=CPU, seconds=seconds)


def of_compressor(answers: ModelAnswers, uncut: ModelAnswers | None = None) -> Usage:
    """Tokens are those before and after. What was read `uncut` for a comparison took seconds too."""
    tokens = {"tokens_in": answers.digest.tokens_before, "tokens_out": answers.digest.tokens_after}
    seconds = answers.compressor_seconds + (uncut.compressor_seconds if uncut else 0.0)
    return of_cpu("compressor", seconds).model_copy(update=tokens)


def of_model(replies: Sequence[PromptReply], name: str, device: str, seconds: float) -> Usage | None:
    """All asking about one conversation, comparisons too. None when nothing was asked; what was asked in vain is in the seconds."""
    if not replies and not seconds:
        return None
    criteria: Counter[str] = Counter()
    for reply in replies:
        criteria.update(reply.criteria)
    cached = [reply.tokens_cached for reply in replies if reply.tokens_cached is not None]
    return Usage(
        step=Step.EVALUATE, part="model", device=device, seconds=seconds, model=name,
        tokens_in=sum(reply.tokens_in for reply in replies),
        tokens_out=sum(reply.tokens_out for reply in replies),
        tokens_cached=sum(cached) if cached else None, criteria=dict(criteria) or None,
    )  # fmt: skip
