"""The JSON that should come back for a labelled dialogue. An answer points at clauses, so a label's words are looked up among them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from auricle_contracts.judges import Reasoning
from auricle_contracts.trainings import TAUGHT
from auricle_judging.clauses import Clause
from auricle_samples.dialogues.noise import plain

from auricle_trainer.judge.labelled import Label, Labelled, Words
from auricle_trainer.judge.reasoning import REASONING_CHARS

ASKED = TAUGHT
MIN_SHARED = 0.5  # of the words of evidence, that must be left in a clause
MOST_WORDS = 12  # of evidence, that are looked for: a clause holds 18


class EvidenceCut(ValueError):
    """The words that an answer rests on are not among the clauses that are shown."""


def answer(
    prompt: str, dialogue: Labelled, clauses: Mapping[str, Clause], reasoning: Reasoning = Reasoning.SHORT
) -> dict[str, Any]:
    """What the prompt `evaluate` or `intent` should be answered with. Raises EvidenceCut."""
    said = {name: _answered(dialogue.labels[name], tuple(clauses.values())) for name in ASKED[prompt]}
    if prompt != "evaluate" or reasoning is Reasoning.NONE:
        return said
    return {"reasoning": dialogue.reasoning[:REASONING_CHARS], **said}


def _answered(label: Label | None, clauses: Sequence[Clause]) -> dict[str, Any] | None:
    if label is None:
        return None
    return {"at": list(dict.fromkeys(clause_of(words, clauses).label for words in label.at)), "value": label.value}


def clause_of(words: Words, clauses: Sequence[Clause]) -> Clause:
    """The clause that holds most of the words. Raises EvidenceCut where none holds enough of them."""
    wanted = Counter(plain(words.text).split())
    own = [clause for clause in clauses if words.turn in clause.turns]
    shared = [sum((wanted & Counter(plain(clause.text).split())).values()) for clause in own]
    enough = max(1.0, MIN_SHARED * min(sum(wanted.values()), MOST_WORDS))
    if not own or (wanted and max(shared) < enough):
        raise EvidenceCut(f"the evidence in turn {words.turn} is not shown")
    return own[shared.index(max(shared))]
