"""A jury: several judges over the same pairs; where they all agree that a saying is right, it becomes a proposal for the golden set. Pure.

Never golden by itself: a person settles it.
"""

from collections.abc import Iterator, Mapping, Sequence

from auricle_contracts.golden import GoldenDialogue, GoldenLabel
from auricle_contracts.judges import ComparedPair
from auricle_kit.errors import InvalidRequest

from auricle_quality.pairs import JudgeReplies, Variant

FEWEST = 2
RIGHT, WRONG = 2, 0


def agreed(pairs: Sequence[ComparedPair], jury: Sequence[JudgeReplies]) -> Iterator[ComparedPair]:
    """Pairs that every judge grades 2, in every run. Raises InvalidRequest where two seats are one judge, or there are fewer than two."""
    _check(jury)
    votes = [_votes(one) for one in jury]
    for place, pair in enumerate(pairs):
        if all(of.get(place) == {RIGHT} for of in votes):
            yield pair


def disagreeing(pairs: Sequence[ComparedPair], jury: Sequence[JudgeReplies]) -> Iterator[ComparedPair]:
    """Pairs that one judge grades 2 in every run, and another 0 in every run. Raises as `agreed`."""
    _check(jury)
    votes = [_votes(one) for one in jury]
    for place, pair in enumerate(pairs):
        said = [of.get(place) for of in votes]
        if {RIGHT} in said and {WRONG} in said:
            yield pair


def proposals(
    pairs: Sequence[ComparedPair], jury: Sequence[JudgeReplies], dialogues: Mapping[str, GoldenDialogue]
) -> Iterator[GoldenDialogue]:
    """The dialogue of each agreed pair, with the label that it has and the new comment in the place of the golden one."""
    by = "jury: " + ", ".join(f"{one.prompt.partition('@')[0]} of {one.model.name}" for one in jury)
    for pair in agreed(pairs, jury):
        dialogue = dialogues.get(pair.item or "")
        label = next((one for one in dialogue.labels if _is_of(one, pair)), None) if dialogue else None
        if dialogue is not None and label is not None and pair.said.comment:
            new = label.model_copy(update={"comment": pair.said.comment, "grade": 2, "decided_by": by[:200]})
            yield dialogue.model_copy(update={"labels": (new,)})


def _check(jury: Sequence[JudgeReplies]) -> None:
    """Raises InvalidRequest where two seats are one judge, or there are fewer than two."""
    seats = [(one.prompt, one.model) for one in jury]
    twice = any(
        prompt == other and model.is_same(same)
        for place, (prompt, model) in enumerate(seats)
        for other, same in seats[:place]
    )
    if len(seats) < FEWEST or twice:
        raise InvalidRequest("a jury is at least two judges, each another prompt or another model")


def _is_of(label: GoldenLabel, pair: ComparedPair) -> bool:
    return (label.kind, label.subject) == (pair.kind, pair.subject)


def _votes(said: JudgeReplies) -> dict[int, set[int | None]]:
    found: dict[int, set[int | None]] = {}
    for one in said.replies:
        if one.variant is Variant.PLAIN:
            found.setdefault(one.pair, set()).add(one.grade)
    return found
