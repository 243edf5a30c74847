"""The judge on held-out dialogues, beside everything it must beat, as one JSON file of evidence."""

import json
import platform
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from auricle_samples.dialogues import Dialogue, generate

from auricle_trainer.judge import answers, baselines, intents, measures
from auricle_trainer.judge.asking import Asked, Inquiry, ask_all, served
from auricle_trainer.judge.documents import Asking
from auricle_trainer.judge.measures import Figure, Pair

TRAINING_DIALOGUES = 2500
GOALS = {"stage_macro_f1": 0.80, "score_mae": 10.0, "finished_unrepaired": 0.99, "quotes_in_named_turn": 0.80}


def evaluate(weights: Path, prompts: Path, heldout: Path, limit: int, baseline_limit: int) -> dict[str, Any]:
    """All figures. `limit` dialogues for the judge, `baseline_limit` for the two slow baselines (0: all)."""
    dialogues = read(heldout)[: limit or None]
    fewer = dialogues[: baseline_limit or None]
    asking = Asking.read(prompts)
    prompt = asking.evaluate
    with served(weights) as address:
        judge = Inquiry(address, "judge", asking, prompt)
        results = {"judge": of_answers(ask_all(judge, dialogues))}
        results["judge"]["intent"] = of_intents(ask_all(replace(judge, prompt=asking.intent), dialogues))
        base = replace(judge, model="judge-base", shots=len(prompt.examples))
        results["base_few_shot"] = of_answers(ask_all(base, fewer))
        if (weights / "shuffled.gguf").exists():
            results["lora_on_shuffled_labels"] = of_answers(ask_all(replace(judge, model="judge-shuffled"), fewer))
    training = [generate(seed, "train") for seed in range(TRAINING_DIALOGUES)]
    for name, baseline in (("best_constant", baselines.constant), ("tfidf_linear", baselines.tfidf)):
        said = baseline(training, dialogues)
        results[name] = of_predictions(dialogues, said) | {"intent": _intent_figures(dialogues, said["intent"])}
    return {"measured": str(date.today()), "python": platform.python_version(), "prompt": prompt.id,
            "prompt_version": prompt.version, "synthetic": True, "goals": GOALS, "results": results}  # fmt: skip


def read(path: Path) -> list[Dialogue]:
    """The committed held-out set."""
    return [Dialogue.model_validate(json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def of_answers(asked: Sequence[Asked]) -> dict[str, Any]:
    """Everything that the goals name, of one model. Answers that were cut short or broke the schema have no value."""
    good = [(one.dialogue, one.answer) for one in asked if one.answer is not None]
    predicted = {name: [_value(answer, name) for _, answer in good] for name in (*answers.SCORES, "stage")}
    figures = of_predictions([dialogue for dialogue, _ in good], predicted)
    figures["finished_unrepaired"] = measures.interval(
        [(True, one.answer is not None) for one in asked], measures.share
    )
    figures["occasion"] = measures.interval([_occasion(*pair) for pair in good], measures.share)
    figures["quotes"] = _quotes(asked)
    figures["reasoning"] = _reasoning([answer["reasoning"] for _, answer in good])
    figures["seconds_median"] = sorted(one.seconds for one in asked)[len(asked) // 2]
    figures["tokens_in_mean"] = round(sum(one.tokens_in for one in asked) / len(asked), 1)
    figures["tokens_out_mean"] = round(sum(one.tokens_out for one in asked) / len(asked), 1)
    return figures


def of_intents(asked: Sequence[Asked]) -> dict[str, Any]:
    """Why the customer came: over what was answered in form, and how many quotes stand in the turn that was named."""
    good = [(one.dialogue, one.answer["intent"]["value"]) for one in asked if one.answer is not None]
    named = [(label, f"T{turn}") for one in asked for label, turn in one.quotes.values()]
    return _intent_figures([dialogue for dialogue, _ in good], [value for _, value in good]) | {
        "finished_unrepaired": measures.interval([(True, one.answer is not None) for one in asked], measures.share),
        "quotes_in_named_turn": measures.interval(named, measures.share),
    }


def _intent_figures(dialogues: Sequence[Dialogue], said: Sequence[str]) -> dict[str, Any]:
    pairs = [(intents.choice(dialogue), value) for dialogue, value in zip(dialogues, said, strict=True)]
    return {
        "macro_f1": measures.interval(pairs, measures.macro_f1),
        "accuracy": measures.interval(pairs, measures.share),
    }


def of_predictions(dialogues: Sequence[Dialogue], said: baselines.Predictions) -> dict[str, Any]:
    """Stage and scores; a score counts where both truth and prediction have one."""
    stages = [(dialogue.truth.stage.value, stage) for dialogue, stage in zip(dialogues, said["stage"], strict=True)]
    figures: dict[str, Any] = {
        "stage_macro_f1": measures.interval(stages, measures.macro_f1),
        "confusion": measures.confusion(stages),
    }
    everything: list[Pair] = []
    for name in answers.SCORES:
        pairs = [(getattr(d.truth, name), value) for d, value in zip(dialogues, said[name], strict=True)]
        pairs = [(truth, value) for truth, value in pairs if truth is not None and value is not None]
        everything += pairs
        figures[name] = _score(pairs)
    figures["score_mae"] = measures.interval(everything, measures.mae)
    figures["by_language"] = {language: _stage_of(dialogues, stages, language) for language in ("ru", "en")}
    return figures


def _score(pairs: Sequence[Pair]) -> Figure:
    return {
        "mae": measures.interval(pairs, measures.mae),
        "spearman": measures.rank_correlation(pairs) if pairs else None,
    }


def _stage_of(dialogues: Sequence[Dialogue], stages: Sequence[Pair], language: str) -> Figure:
    own = [pair for dialogue, pair in zip(dialogues, stages, strict=True) if dialogue.language == language]
    return {"stage_macro_f1": measures.interval(own, measures.macro_f1)}


def _value(answer: dict[str, Any], name: str) -> Any:
    return answer[name].get("value")


def _occasion(dialogue: Dialogue, answer: dict[str, Any]) -> Pair:
    return dialogue.truth.objection_handling is not None, bool(answer["objection_handling"]["occasion"])


def _quotes(asked: Sequence[Asked]) -> dict[str, Figure]:
    """Found where the model said, found anywhere, and found in the turn that the truth rests on."""
    named, anywhere, right = [], [], []
    for one in asked:
        for name, (label, turn) in one.quotes.items():
            named.append((label, f"T{turn}"))
            anywhere.append((True, turn is not None))
            evidence = _evidence_turn(one.dialogue, name)
            if evidence is not None:
                right.append((evidence, turn))
    return {
        "in_named_turn": measures.interval(named, measures.share),
        "anywhere": measures.interval(anywhere, measures.share),
        "in_the_turn_of_the_truth": measures.interval(right, measures.share),
    }


def _evidence_turn(dialogue: Dialogue, name: str) -> int | None:
    truth = dialogue.truth
    found = {
        "politeness": truth.politeness_evidence, "objection_handling": truth.objection_evidence,
        "sale_chance": truth.sale_evidence, "stage": truth.stage_evidence,
    }[name]  # fmt: skip
    return found.turn if found else None


def _reasoning(said: Sequence[str]) -> dict[str, float]:
    """How alike the reasonings are. `templated`: made of nothing but the phrases that training was made of."""
    if not said:
        return {}
    counts = Counter(said)
    return {
        "distinct": round(len(counts) / len(said), 4),
        "commonest": round(counts.most_common(1)[0][1] / len(said), 4),
        "templated": round(sum(map(_templated, said)) / len(said), 4),
    }


def _templated(reasoning: str) -> bool:
    tables = (answers.GOOD, answers.BAD, answers.MOVES, answers.ENDS)
    stock = {phrase for table in tables for phrases in table.values() for phrase in phrases}
    stock |= {"Возражений не было", "Клиент не возражал", "говорил сухо", "нет ответа"}
    parts = re.split(r"[.,;:]\s*", reasoning)
    plain = (re.sub(r"^(Агент|но|Возражени[ея])\s*|\s*не раз$", "", part) for part in parts)
    return all(part in stock for part in plain if part)
