"""Golden dialogues as the judge's examples: which prompts a dialogue can teach, and its labels in the trainer's own words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auricle_contracts.golden import GoldenDialogue, GoldenKind, GoldenLabel, GoldenState

from auricle_trainer.judge.examples import ASKED
from auricle_trainer.judge.labelled import CRITERIA, NULLABLE, Label, Labelled, Words
from auricle_trainer.judge.reasoning import REASONING_CHARS

MOST_PLACES, LEAST_REASONING = 2, 10


@dataclass(frozen=True)
class Teachable:
    """A labelled dialogue and the prompts of which it has every answer, each with its place."""

    labelled: Labelled
    prompts: tuple[str, ...]


def teachable(dialogue: GoldenDialogue) -> Teachable:
    """What nobody said teaches no prompt that asks for it; an answer without a place teaches none either, since a place is asked for."""
    labels = {one.subject: one for one in dialogue.labels if one.kind is GoldenKind.CRITERION}
    known = {name for name, label in labels.items() if name in CRITERIA and _is_whole(name, label)}
    prompts = tuple(prompt for prompt, asked in ASKED.items() if set(asked) <= known)
    given = {name: _label(labels.get(name)) for name in CRITERIA}
    turns = tuple((number, one.role, one.text) for number, one in enumerate(dialogue.turns, 1))
    told = Labelled(
        dialogue.id or "", dialogue.channel, dialogue.language or "ru", turns, _reasoning(labels.values()), given
    )
    return Teachable(told, prompts)


def counted(dialogues: Sequence[GoldenDialogue]) -> dict[str, int]:
    """Examples by prompt."""
    found = [prompt for one in dialogues for prompt in teachable(one).prompts]
    return {prompt: found.count(prompt) for prompt in ASKED}


def _is_whole(name: str, label: GoldenLabel) -> bool:
    if label.state is GoldenState.NOT_APPLICABLE:
        return name in NULLABLE
    return label.state is GoldenState.ANSWERED and bool(label.places)


def _label(label: GoldenLabel | None) -> Label | None:
    if label is None or label.state is not GoldenState.ANSWERED or not isinstance(label.value, int | float | str):
        return None
    value = label.value if isinstance(label.value, str) else int(label.value)
    return Label(value, tuple(Words(one.turn, one.text) for one in label.places[:MOST_PLACES]))


def _reasoning(labels: Iterable[GoldenLabel]) -> str:
    """Analysts' comments, each once; where there are none, the words that the answers rest on."""
    told = sorted(labels, key=lambda one: CRITERIA.index(one.subject) if one.subject in CRITERIA else len(CRITERIA))
    comments = list(dict.fromkeys(one.comment.strip() for one in told if one.comment and one.comment.strip()))
    said = " ".join(comments)
    if len(said) < LEAST_REASONING:
        said = "; ".join(f"«{place.text}»" for one in told for place in one.places[:1]) or "Сказано мало."
    return said if len(said) <= REASONING_CHARS else said[:REASONING_CHARS].rsplit(" ", 1)[0]
