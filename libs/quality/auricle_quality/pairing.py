"""Pairs of a golden and a new saying, from golden dialogues and what a run of a bundle said of them. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from auricle_contracts.golden import GoldenDialogue, GoldenKind, GoldenLabel, GoldenState
from auricle_contracts.judges import ComparedPair, Saying

from auricle_quality.predictions import PredictedOutcome, PredictedState, Prediction

_SAID = {GoldenState.FOUND: PredictedState.FOUND, GoldenState.ANSWERED: PredictedState.ANSWERED}


def pairs_of(
    dialogues: Sequence[GoldenDialogue], predictions: Sequence[Prediction], asked: Mapping[tuple[GoldenKind, str], str]
) -> Iterator[tuple[Prediction, ComparedPair]]:
    """Of each prediction and golden label that say the same state and both say it in words. `asked`: what a subject means."""
    for one in predictions:
        dialogue = dialogues[one.item]
        for label in dialogue.labels:
            said = next((of for of in one.outcomes if (of.kind, of.subject) == (label.kind, label.subject)), None)
            meant = asked.get((label.kind, label.subject))
            if said is not None and meant is not None and _is_comparable(label, said):
                yield one, _pair(dialogue, label, one, said, meant)


def _is_comparable(label: GoldenLabel, said: PredictedOutcome) -> bool:
    """A comment on both sides, or words on both sides."""
    in_words = (label.comment and said.comment) or (label.places and said.words)
    return bool(in_words) and _SAID.get(label.state) is said.state


def _pair(
    dialogue: GoldenDialogue, label: GoldenLabel, one: Prediction, said: PredictedOutcome, meant: str
) -> ComparedPair:
    return ComparedPair(
        item=dialogue.id,
        kind=label.kind,
        subject=label.subject,
        channel=dialogue.channel,
        language=dialogue.language,
        asked=meant[:2000],
        golden=Saying(words=tuple(place.text for place in label.places), comment=label.comment),
        said=Saying(words=said.words[:50], comment=said.comment and said.comment[:4000]),
        said_by=one.model,
    )
