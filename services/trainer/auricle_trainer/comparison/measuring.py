"""Every subject asked both prompts about every item, and the two floors that read no dialogue as a judge does."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from auricle_trainer.comparison.subjects import Subject
from auricle_trainer.judge import baselines, measures
from auricle_trainer.judge.asking import Asked, Inquiry, ask_all
from auricle_trainer.judge.documents import Asking
from auricle_trainer.judge.evaluation import of_answers, of_values
from auricle_trainer.judge.labelled import Labelled

THOUSAND, HOUR_S = 1000, 3600
Figures = dict[str, Any]


def measure(subject: Subject, items: Sequence[Labelled], prompts: Path) -> Figures:
    """Figures with n and interval, broken answers, seconds, and money per 1,000 conversations where its hour has a price."""
    asking = Asking.read(prompts)
    with subject.address() as address:
        inquiry = Inquiry(address, subject.model, asking, asking.evaluate)
        first = ask_all(inquiry, items)
        second = ask_all(replace(inquiry, prompt=asking.intent), items)
    pairs = list(zip(first, second, strict=True))
    return of_answers(pairs) | {
        "broken": measures.interval([(True, not one.answers) for pair in pairs for one in pair], measures.share),
        "seconds_mean": _mean_seconds(pairs),
        "usd_per_1000": None
        if subject.usd_hour is None
        else _mean_seconds(pairs) * THOUSAND / HOUR_S * subject.usd_hour,
    }


def floors(training: Sequence[Labelled], items: Sequence[Labelled]) -> dict[str, Figures]:
    """The best constant, and TF-IDF with linear models, of what was trained on. Without labels enough to fit, TF-IDF is not there."""
    found = {"constant": of_values(items, baselines.constant(training, items))}
    try:
        return found | {"TF-IDF": of_values(items, baselines.tfidf(training, items))}
    except ValueError:  # one class alone, or no word twice
        return found


def _mean_seconds(pairs: Sequence[tuple[Asked, Asked]]) -> float:
    return sum(one.seconds + other.seconds for one, other in pairs) / len(pairs)
