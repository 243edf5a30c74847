"""What a figure must beat: the best constant, and TF-IDF with ridge and logistic regression, on the judge's own split."""

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

from auricle_samples.dialogues import Dialogue
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline, make_union

from auricle_trainer.judge import intents
from auricle_trainer.judge.answers import SCORES

Predictions = dict[str, list[Any]]  # criterion → one prediction a dialogue


def constant(training: Sequence[Dialogue], heldout: Sequence[Dialogue]) -> Predictions:
    """The median of each score, the commonest stage and the commonest intent of training."""
    stage = Counter(dialogue.truth.stage.value for dialogue in training).most_common(1)[0][0]
    intent = Counter(map(intents.choice, training)).most_common(1)[0][0]
    said: Predictions = {"stage": [stage] * len(heldout), "intent": [intent] * len(heldout)}
    for name in SCORES:
        said[name] = [median(values(training, name))] * len(heldout)
    return said


def tfidf(training: Sequence[Dialogue], heldout: Sequence[Dialogue]) -> Predictions:
    """Words and letter groups of the turns, with the speaker before each turn."""
    texts, unseen = [text(dialogue) for dialogue in training], [text(dialogue) for dialogue in heldout]
    said: Predictions = {
        "stage": _classified(texts, [d.truth.stage.value for d in training], unseen),
        "intent": _classified(texts, [intents.choice(d) for d in training], unseen),
    }
    for name in SCORES:
        known = [(words, d) for words, d in zip(texts, training, strict=True) if getattr(d.truth, name) is not None]
        ridge = _over(Ridge(alpha=1.0)).fit([words for words, _ in known], [getattr(d.truth, name) for _, d in known])
        said[name] = [float(min(100, max(0, value))) for value in ridge.predict(unseen)]
    return said


def values(dialogues: Sequence[Dialogue], name: str) -> list[int]:
    """The scores that exist."""
    return [value for dialogue in dialogues if (value := getattr(dialogue.truth, name)) is not None]


def text(dialogue: Dialogue) -> str:
    """The dialogue as one string."""
    return "\n".join(f"{turn.role}: {turn.text}" for turn in dialogue.turns)


def _classified(texts: Sequence[str], labels: Sequence[str], unseen: Sequence[str]) -> list[str]:
    return list(_over(LogisticRegression(C=10, max_iter=2000)).fit(texts, labels).predict(unseen))


def _over(model: Any) -> Pipeline:
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=3, max_features=60_000, sublinear_tf=True),
    )
    return make_pipeline(features, model)
