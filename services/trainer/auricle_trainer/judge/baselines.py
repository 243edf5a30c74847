"""What a figure must beat: the best constant, and TF-IDF with ridge and logistic regression, on what the judge was trained on."""

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline, make_union

from auricle_trainer.judge.labelled import CRITERIA, SCORES, Labelled

Predictions = dict[str, list[Any]]  # criterion → one prediction a dialogue, None for no occasion


def constant(training: Sequence[Labelled], heldout: Sequence[Labelled]) -> Predictions:
    """The median of each score, the commonest choice; everywhere an occasion, so that each has its value to be compared."""
    return {name: [_commonest(values(training, name), name)] * len(heldout) for name in CRITERIA}


def tfidf(training: Sequence[Labelled], heldout: Sequence[Labelled]) -> Predictions:
    """Words and letter groups of the turns, with the speaker before each turn: first whether there is an occasion, then the value."""
    features = _features().fit([text(dialogue) for dialogue in training])
    seen, unseen = (features.transform([text(one) for one in some]) for some in (training, heldout))
    said: Predictions = {}
    for name in CRITERIA:
        has = [dialogue.labels[name] is not None for dialogue in training]
        rows = [row for row, there in enumerate(has) if there]
        model = Ridge(alpha=1.0) if name in SCORES else LogisticRegression(C=10, max_iter=2000)
        predicted = model.fit(seen[rows], values(training, name)).predict(unseen)
        clipped = [min(100.0, max(0.0, float(one))) if name in SCORES else str(one) for one in predicted]
        there = LogisticRegression(C=10, max_iter=2000).fit(seen, has).predict(unseen) if not all(has) else None
        said[name] = [one if there is None or there[n] else None for n, one in enumerate(clipped)]
    return said


def values(dialogues: Sequence[Labelled], name: str) -> list[Any]:
    """The labels that exist."""
    return [label.value for dialogue in dialogues if (label := dialogue.labels[name]) is not None]


def text(dialogue: Labelled) -> str:
    """The dialogue as one string."""
    return "\n".join(f"{role.value}: {words}" for _, role, words in dialogue.turns)


def _commonest(known: Sequence[Any], name: str) -> Any:
    return median(known) if name in SCORES else Counter(known).most_common(1)[0][0]


def _features() -> Pipeline:
    return make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=3, max_features=60_000, sublinear_tf=True),
        )
    )
