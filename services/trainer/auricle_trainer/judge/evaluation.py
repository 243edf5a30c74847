"""A judge on labelled dialogues that it never saw, beside everything that it must beat. Every figure has n and an interval."""

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from auricle_contracts import AnswerState
from auricle_judging import ModelAnswer
from auricle_judging.clause_quotes import spans_of

from auricle_trainer.judge import baselines, measures, sources
from auricle_trainer.judge.asking import Asked, Inquiry, ask_all, reasoning_of, served
from auricle_trainer.judge.documents import Asking
from auricle_trainer.judge.examples import EvidenceCut, clause_of
from auricle_trainer.judge.labelled import CHOICES, NULLABLE, SCORES, Labelled
from auricle_trainer.judge.measures import Figure, Pair
from auricle_trainer.judge.sources import Source

UNANSWERED = object()
GENERATED = 2500  # dialogues of the generators, that the linear baseline learns beside the hand-written ones
GOALS = {
    "answered": 0.80, "politeness": 12.0, "sale_chance": 12.0, "objection_handling": 15.0, "stage": 0.60, "evidence": 0.80,
}  # fmt: skip
Said = Mapping[str, Sequence[Any]]  # criterion → for each dialogue a value, None for no occasion, or UNANSWERED


@dataclass(frozen=True)
class Bench:
    """Where the weights are, which model names they have, and what is asked."""

    weights: Path
    prompts: Path
    limit: int = 0
    baseline_limit: int = 100


def evaluate(bench: Bench, dialogues: Sequence[Labelled]) -> dict[str, Any]:
    """All figures on `dialogues`: `limit` of them for the judge, `baseline_limit` for the two slow baselines (0: all)."""
    asking = Asking.read(bench.prompts)
    asked = dialogues[: bench.limit or None]
    fewer = asked[: bench.baseline_limit or None]
    with served(bench.weights) as address:
        judge = Inquiry(address, "judge", asking, asking.evaluate)
        results = {"judge": of_answers(_both(judge, asked))}
        reasoning = reasoning_of(address, judge.model)
        base = replace(judge, model="judge-base", shots=len(asking.evaluate.examples))
        results["base_few_shot"] = of_answers(_both(base, fewer))
        if (bench.weights / "shuffled.gguf").exists():
            results["lora_on_shuffled_labels"] = of_answers(_both(replace(judge, model="judge-shuffled"), fewer))
    source = Source.shipped()
    training = [*sources.training_dialogues(), *(source.generated(seed) for seed in range(GENERATED))]
    for name, baseline in (("best_constant", baselines.constant), ("tfidf_linear", baselines.tfidf)):
        results[name] = of_values(asked, baseline(training, asked))
    return {"measured": str(date.today()), "python": platform.python_version(),
            "prompts": [asking.evaluate.pin, asking.intent.pin], "dialogues": len(asked), "reasoning": reasoning.value,
            "goals": GOALS, "results": results}  # fmt: skip


def _both(inquiry: Inquiry, dialogues: Sequence[Labelled]) -> list[tuple[Asked, Asked]]:
    """Each dialogue's answers to both prompts."""
    intent = replace(inquiry, prompt=inquiry.asking.intent)
    return list(zip(ask_all(inquiry, dialogues), ask_all(intent, dialogues), strict=True))


def of_answers(asked: Sequence[tuple[Asked, Asked]]) -> dict[str, Any]:
    """The figures of one model that was asked."""
    dialogues = [one.dialogue for one, _ in asked]
    answers: list[Mapping[str, ModelAnswer]] = [{**one.answers, **why.answers} for one, why in asked]
    said = {name: [_value(each.get(name)) for each in answers] for name in dialogues[0].labels}
    first = [one for one, _ in asked]
    return of_values(dialogues, said) | {
        "answered": measures.interval(
            [(True, _answered(each, dialogues[0].labels)) for each in answers], measures.share
        ),
        "in_form": measures.interval([(True, bool(one.answers)) for pair in asked for one in pair], measures.share),
        "unrepaired": measures.interval([(True, not one.repaired) for pair in asked for one in pair], measures.share),
        "evidence": _evidence(asked),
        "reasoning": _reasoning([one.reasoning for one in first if one.reasoning]),
        "seconds_median": sorted(one.seconds + why.seconds for one, why in asked)[len(asked) // 2],
        "tokens_in_mean": round(sum(one.tokens_in + why.tokens_in for one, why in asked) / len(asked), 1),
        "tokens_out_mean": round(sum(one.tokens_out + why.tokens_out for one, why in asked) / len(asked), 1),
    }


def of_values(dialogues: Sequence[Labelled], said: Said) -> dict[str, Any]:
    """Scores where truth and answer have one, choices where the truth has one, and whether an occasion was seen where there is one."""
    figures: dict[str, Any] = {name: _score(_pairs(dialogues, said, name)) for name in SCORES}
    figures |= {name: _choice(_pairs(dialogues, said, name)) for name in CHOICES}
    figures["occasion"] = {name: _occasions(_pairs(dialogues, said, name)) for name in NULLABLE}
    return figures


def _pairs(dialogues: Sequence[Labelled], said: Said, name: str) -> list[Pair]:
    truths = (dialogue.labels[name] for dialogue in dialogues)
    return [(label and label.value, value) for label, value in zip(truths, said[name], strict=True)]


def _score(pairs: Sequence[Pair]) -> Figure:
    both = [pair for pair in pairs if pair[0] is not None and isinstance(pair[1], int | float)]
    return {"mae": measures.interval(both, measures.mae), "spearman": _interval_of_rank(both)}


def _interval_of_rank(pairs: Sequence[Pair]) -> Figure:
    return measures.interval(pairs, lambda some: measures.rank_correlation(some) or 0.0)


def _choice(pairs: Sequence[Pair]) -> Figure:
    """An occasion that was not seen is a wrong choice."""
    known = [(truth, value if isinstance(value, str) else "none") for truth, value in pairs if truth is not None]
    return {
        "macro_f1": measures.interval(known, measures.macro_f1),
        "accuracy": measures.interval(known, measures.share),
    }


def _occasions(pairs: Sequence[Pair]) -> Figure:
    return measures.interval([(truth is None, value is None) for truth, value in pairs], measures.share)


def _value(answer: ModelAnswer | None) -> Any:
    if answer is None or answer.state is AnswerState.UNDETERMINED:
        return UNANSWERED
    return None if answer.state is AnswerState.NOT_APPLICABLE else answer.value


def _answered(answers: Mapping[str, ModelAnswer], criteria: Mapping[str, object]) -> bool:
    return all(_value(answers.get(name)) is not UNANSWERED for name in criteria)


def _evidence(asked: Sequence[tuple[Asked, Asked]]) -> dict[str, Figure]:
    """By criterion and together: whether a quote shares words with a clause that the truth points at, where both have one."""
    found: dict[str, list[Pair]] = {}
    for pair in asked:
        for one in pair:
            for name, answer in one.answers.items():
                places = _places(one, name)
                if places and answer.quotes:
                    found.setdefault(name, []).append((True, any(_touches(places, quote) for quote in answer.quotes)))
    together = [pair for pairs in found.values() for pair in pairs]
    return {"all": measures.interval(together, measures.share)} | {
        name: measures.interval(pairs, measures.share) for name, pairs in found.items()
    }


def _places(one: Asked, name: str) -> list[tuple[int, int, int]]:
    """Turn, start and end of the clauses that the truth of a criterion rests on."""
    label, transcript = one.dialogue.labels[name], one.dialogue.transcript()
    places = []
    for words in label.at if label else ():
        try:
            clause = clause_of(words, tuple(one.rendered.clauses.values()))
        except EvidenceCut:
            continue
        places += [(turn.id, span.start, span.end) for turn, span in spans_of(clause, transcript)]
    return places


def _touches(places: Sequence[tuple[int, int, int]], quote: Any) -> bool:
    return any(turn == quote.turn and start < quote.span.end and quote.span.start < end for turn, start, end in places)


def _reasoning(said: Sequence[str]) -> dict[str, float]:
    """How alike the reasonings are."""
    if not said:
        return {}
    counts = Counter(said)
    return {
        "distinct": round(len(counts) / len(said), 4),
        "commonest": round(counts.most_common(1)[0][1] / len(said), 4),
    }
