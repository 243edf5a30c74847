"""Questions that a judge is asked about one pair, and its replies. Pure: what is changed in a question is the same at every call.

plain ──► again, so many runs        the same question
      ├─► swapped                    the golden saying behind the new one
      ├─► noise                      typos and marks that change nothing
      └─► paraphrase 1, 2, …         the instruction in other words
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from random import Random
from typing import Annotated

from auricle_contracts import Contract
from auricle_contracts.evaluations import Grade
from auricle_contracts.judges import ComparedPair, JudgeMeasurement, ModelIdentity, PairGrades, Saying
from pydantic import AwareDatetime, Field

from auricle_quality.errors import JudgeIsScorer, WeightsUnknown

LONG_WORD = 6
EVERY = 8


class Variant(StrEnum):
    """What is changed in a question."""

    PLAIN = "plain"
    SWAPPED = "swapped"
    NOISE = "noise"
    PARAPHRASE = "paraphrase"


class Asked(Contract):
    """One question: which pair (its place, from 0), what is changed in it, and which run or paraphrase (from 0) it is."""

    pair: Annotated[int, Field(ge=0)]
    variant: Variant
    number: Annotated[int, Field(ge=0)] = 0


class JudgeReply(Asked):
    """What came of a question; `grade` None: the model never answered in form. `confidence` is that of the grade's tokens."""

    grade: Grade | None
    reasoning: str | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None


class JudgeReplies(Contract):
    """All replies of one judge: a prompt by its pin, and the model that was asked."""

    prompt: str
    model: ModelIdentity
    temperature: float
    asked_at: AwareDatetime
    replies: tuple[JudgeReply, ...]


def questions(pairs: int, runs: int, paraphrases: int, *, measure: bool) -> Iterator[Asked]:
    """Of each pair its runs; to `measure` a judge, all that is changed too."""
    for pair in range(pairs):
        for run in range(runs):
            yield Asked(pair=pair, variant=Variant.PLAIN, number=run)
        if measure:
            yield Asked(pair=pair, variant=Variant.SWAPPED)
            yield Asked(pair=pair, variant=Variant.NOISE)
            for number in range(paraphrases):
                yield Asked(pair=pair, variant=Variant.PARAPHRASE, number=number)


def noisy(saying: Saying) -> Saying:
    """The same in meaning: two neighbouring letters of a long word swapped, about one word in eight, and no mark at the end."""
    return saying.model_copy(
        update={"words": tuple(map(_noisy, saying.words)), "comment": saying.comment and _noisy(saying.comment)}
    )


def _noisy(text: str) -> str:
    lot = Random(text)  # noqa: S311 - the same typos for the same text, and no secret
    words = text.rstrip(".!… ").split(" ")
    long = [place for place, word in enumerate(words) if len(word) >= LONG_WORD and word.isalpha()]
    for place in lot.sample(long, min(len(long), max(1, len(words) // EVERY))):
        word, cut = words[place], lot.randrange(1, len(words[place]) - 2)
        words[place] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    return " ".join(words)


def refuse_own(model: ModelIdentity, pairs: Sequence[ComparedPair]) -> None:
    """Raises JudgeIsScorer where the judge said one of these itself."""
    own = [one for one in pairs if one.said_by is not None and one.said_by.is_same(model)]
    if own:
        raise JudgeIsScorer(
            f"{model.name} said {len(own)} of {len(pairs)} itself",
            action="Name another model, or another version of it.",
        )


def measurement(pairs: Sequence[ComparedPair], said: JudgeReplies) -> JudgeMeasurement:
    """Of pairs that people graded. Raises JudgeIsScorer, WeightsUnknown; ValueError where no pair has a grade of people."""
    refuse_own(said.model, pairs)
    if said.model.weights is None:
        raise WeightsUnknown(
            f"nothing tells the weights of {said.model.name}", action="Set AURICLE_MODEL_WEIGHTS to their hash."
        )
    by_pair: dict[int, list[JudgeReply]] = {}
    for reply in said.replies:
        by_pair.setdefault(reply.pair, []).append(reply)
    graded = tuple(
        _grades(pair, pair.grade, by_pair[place]) for place, pair in enumerate(pairs) if pair.grade is not None
    )
    if not graded:
        raise ValueError("no pair has a grade of people")
    models = {(one.said_by.name, one.said_by.weights): one.said_by for one in pairs if one.said_by is not None}
    return JudgeMeasurement.model_validate(
        {
            "judge": {"prompt": said.prompt, "model": said.model}, "temperature": said.temperature,
            "said_by": tuple(models.values()), "measured_at": said.asked_at, "pairs": graded,
        }
    )  # fmt: skip


def _grades(pair: ComparedPair, people: Grade, replies: Sequence[JudgeReply]) -> PairGrades:
    of = {
        variant: [
            one.grade for one in sorted(replies, key=lambda one: one.number) if one.variant is variant
        ]
        for variant in Variant
    }  # fmt: skip
    return PairGrades(
        kind=pair.kind, subject=pair.subject, people=people, runs=tuple(of[Variant.PLAIN]),
        swapped=of[Variant.SWAPPED][0], noise=of[Variant.NOISE][0], paraphrases=tuple(of[Variant.PARAPHRASE]),
    )  # fmt: skip
