"""What one evaluation used, as entries of the ledger: rules, compressor, model. Pure."""

from collections import Counter

from auricle_contracts import Step, Usage

from auricle_scorer.reading import Reading

CPU = "cpu"


def of_cpu(part: str, seconds: float) -> Usage:
    """A service on the CPU."""
    return Usage(step=Step.EVALUATE, part=part, device=CPU, seconds=seconds)


def of_compressor(reading: Reading) -> Usage:
    """Tokens are those before and after."""
    tokens = {"tokens_in": reading.digest.tokens_before, "tokens_out": reading.digest.tokens_after}
    return of_cpu("compressor", reading.compressor_seconds).model_copy(update=tokens)


def of_model(reading: Reading, name: str, device: str, seconds: float) -> Usage | None:
    """All asking about one conversation. None when nothing was asked; what was asked in vain is in the seconds."""
    if not reading.replies and not seconds:
        return None
    criteria: Counter[str] = Counter()
    for reply in reading.replies:
        criteria.update(reply.criteria)
    cached = [reply.tokens_cached for reply in reading.replies if reply.tokens_cached is not None]
    return Usage(
        step=Step.EVALUATE, part="model", device=device, seconds=seconds, model=name,
        tokens_in=sum(reply.tokens_in for reply in reading.replies),
        tokens_out=sum(reply.tokens_out for reply in reading.replies),
        tokens_cached=sum(cached) if cached else None, criteria=dict(criteria) or None,
    )  # fmt: skip
