"""Sentiment of words on two sets, beside the best constant and a classifier that is trained on the very same set.

Writes docs/evidence/sentiment.json. The classifier is cross-validated: it has nine tenths of the set's labels. The lexicon has none of
them, but its author wrote the first set; the second was drawn from sentences that others wrote.
"""

import json
import platform
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from auricle_contracts import Contract, Role, Turn
from auricle_languages import Languages, Polarity, analyse_turn, sentiment
from pydantic import TypeAdapter
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.pipeline import make_pipeline

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]
SETS = {
    "turns.jsonl": "hand-made, one author, who wrote the lexicon too; committed before the lexicon and the code",
    "drawn.jsonl": "drawn from synthetic dialogues of other authors, labelled by the lexicon's author before the lexicon read them",
}
FOLDER = Path("tests/data/sentiment")
EVIDENCE = Path("docs/evidence/sentiment.json")
POLARITIES: tuple[Polarity, ...] = ("negative", "neutral", "positive")
FOLDS, RESAMPLES, SEED = 10, 1000, 7


class LabelledTurn(Contract):
    """A line of the set."""

    id: str
    language: str
    kind: str
    polarity: Polarity
    text: str


def labelled(name: str) -> list[LabelledTurn]:
    adapter = TypeAdapter(LabelledTurn)
    return [adapter.validate_json(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


def by_lexicon(turns: Sequence[LabelledTurn]) -> list[str]:
    languages = Languages.load(Path("prompts"))
    spoken = [Turn(id=1, participant="customer", role=Role.CUSTOMER, text=one.text) for one in turns]
    return [sentiment(analyse_turn(turn, languages)).polarity for turn in spoken]


def by_classifier(turns: Sequence[LabelledTurn]) -> list[str]:
    """TF-IDF of characters within words (2 to 5) and logistic regression, each fold judged by the other nine."""
    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
        LogisticRegression(C=10, max_iter=1000),
    )
    folds = KFold(FOLDS, shuffle=True, random_state=SEED)
    said = cross_val_predict(model, [one.text for one in turns], [one.polarity for one in turns], cv=folds)
    return [str(one) for one in said]


def figures(truth: Sequence[str], said: Sequence[str]) -> dict[str, object]:
    """Accuracy and macro-F1, each with a 95 % interval by bootstrap over the turns."""
    right, drawn = np.array([truth, said]), np.random.default_rng(SEED).integers(0, len(truth), (RESAMPLES, len(truth)))
    samples = [(right[0, rows], right[1, rows]) for rows in drawn]
    accuracies = [accuracy_score(*one) for one in samples]
    f1s = [macro_f1(*one) for one in samples]
    return {
        "n": len(truth),
        "accuracy": round(float(accuracy_score(truth, said)), 3), "accuracy_95": interval(accuracies),
        "macro_f1": round(macro_f1(truth, said), 3), "macro_f1_95": interval(f1s),
    }  # fmt: skip


def macro_f1(truth: Sequence[str], said: Sequence[str]) -> float:
    return float(f1_score(truth, said, labels=POLARITIES, average="macro", zero_division=0))


def interval(samples: Sequence[float]) -> list[float]:
    return [round(float(one), 3) for one in np.quantile(samples, (0.025, 0.975))]


def within(turns: Sequence[LabelledTurn], said: Sequence[str], field: str) -> dict[str, str]:
    """Right of all, by the value of a field of the set."""
    right, whole = Counter[str](), Counter[str]()
    for turn, polarity in zip(turns, said, strict=True):
        value = str(getattr(turn, field))
        whole[value] += 1
        right[value] += polarity == turn.polarity
    return {value: f"{right[value]}/{whole[value]}" for value in sorted(whole)}


def microseconds_a_turn(turns: Sequence[LabelledTurn]) -> float:
    """CPU of sentiment alone, on turns that are read already, as rules do it."""
    languages = Languages.load(Path("prompts"))
    read = [analyse_turn(Turn(id=1, participant="c", role=Role.CUSTOMER, text=one.text), languages) for one in turns]
    began = time.process_time()
    for one in read:
        sentiment(one)
    return round(1e6 * (time.process_time() - began) / len(read), 1)


def measured(name: str) -> dict[str, Any]:
    """Everything about one set."""
    turns = labelled(name)
    truth, said, classified = [one.polarity for one in turns], by_lexicon(turns), by_classifier(turns)
    constant = [Counter(truth).most_common(1)[0][0]] * len(truth)
    return {
        "set": f"{FOLDER / name}: {SETS[name]}",
        "lexicon": figures(truth, said),
        "best_constant": figures(truth, constant),
        f"tfidf_logistic_regression_cross_validated_{FOLDS}_folds_on_the_same_set": figures(truth, classified),
        "lexicon_right_by_language": within(turns, said, "language"),
        "lexicon_right_by_kind": within(turns, said, "kind"),
        "lexicon_right_by_polarity": within(turns, said, "polarity"),
        "confusion_truth_by_said": {"labels": POLARITIES, "rows": confusion_matrix(truth, said, labels=POLARITIES).tolist()},
        "wrong": [f"{turn.id} said {one}" for turn, one in zip(turns, said, strict=True) if one != turn.polarity],
    }  # fmt: skip


def test_the_lexicon_beats_a_constant() -> None:
    sets = {name: measured(name) for name in SETS}
    table = {
        "measured": datetime.now(UTC).date().isoformat(), "command": "make bench (tests/bench/test_sentiment.py)",
        "machine": f"{platform.machine()}, {platform.system()}; shared with other work, which changes only the time",
        "sets": sets, "microseconds_a_turn": microseconds_a_turn(labelled("turns.jsonl")),
    }  # fmt: skip
    print(json.dumps(table, indent=1, ensure_ascii=False))
    EVIDENCE.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n")
    for one in sets.values():
        assert one["lexicon"]["macro_f1"] > one["best_constant"]["macro_f1"]
