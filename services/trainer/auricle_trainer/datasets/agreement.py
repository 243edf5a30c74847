"""Agreement between people on the same dialogues: the ceiling of every figure of a model that learns from them."""

from collections.abc import Iterable, Mapping
from itertools import combinations

from auricle_contracts.golden import GoldenKind, GoldenLabel, GoldenState

from auricle_trainer.judge import measures
from auricle_trainer.judge.measures import Figure, Pair

Subject = tuple[GoldenKind, str]


def ceilings(opinions: Iterable[Iterable[GoldenLabel]]) -> dict[str, dict[str, Figure]]:
    """By subject: mean absolute difference of scores, or how often two people say the same, and Cohen's kappa. Empty without any pair.

    A pair is two people on one dialogue; each figure has n and a 95 % bootstrap interval over pairs.
    """
    pairs: dict[Subject, list[tuple[GoldenLabel, GoldenLabel]]] = {}
    for labels in opinions:
        for subject, some in _by_subject(labels).items():
            people = {one.decided_by: one for one in some}  # the last word of each
            ordered = [people[who] for who in sorted(people, key=str)]
            pairs.setdefault(subject, []).extend(combinations(ordered, 2))
    return {subject: _figures(some) for (_, subject), some in sorted(pairs.items()) if some}


def kappa(pairs: Iterable[Pair]) -> float:
    """Cohen's: agreement beyond what two people with these habits reach by chance; 1.0 where both always say one thing."""
    told = list(pairs)
    agreed = measures.share(told)
    values = {value for pair in told for value in pair}
    chance = sum(
        (sum(one == value for one, _ in told) / len(told)) * (sum(other == value for _, other in told) / len(told))
        for value in values
    )
    return 1.0 if chance >= 1.0 else (agreed - chance) / (1 - chance)


def _figures(pairs: list[tuple[GoldenLabel, GoldenLabel]]) -> dict[str, Figure]:
    occasions: list[Pair] = [(one.state.value, other.state.value) for one, other in pairs]
    answered: list[Pair] = [
        (one.value, other.value)
        for one, other in pairs
        if one.state is GoldenState.ANSWERED and other.state is GoldenState.ANSWERED
    ]
    found = {"same state": measures.interval(occasions, measures.share)}
    if len({state for pair in occasions for state in pair}) > 1:
        found["kappa of the state"] = measures.interval(occasions, kappa)
    if not answered:
        return found
    if all(isinstance(value, int | float) and not isinstance(value, bool) for pair in answered for value in pair):
        return found | {"mean absolute difference": measures.interval(answered, measures.mae)}
    return found | {
        "same value": measures.interval(answered, measures.share),
        "kappa of the value": measures.interval(answered, kappa),
    }


def _by_subject(labels: Iterable[GoldenLabel]) -> Mapping[Subject, list[GoldenLabel]]:
    found: dict[Subject, list[GoldenLabel]] = {}
    for one in labels:
        if one.decided_by:
            found.setdefault((one.kind, one.subject), []).append(one)
    return found
