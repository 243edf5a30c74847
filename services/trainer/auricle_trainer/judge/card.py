"""`card`: the judge's README, written from the evidence so that no figure is typed by hand."""

from pathlib import Path
from typing import Any

from auricle_trainer.judge import recipe
from auricle_trainer.judge.labelled import CHOICES, NULLABLE, SCORES

Figures = dict[str, Any]
Figure = dict[str, Any]
_TEXT = Path(__file__).parent / "card.md"
_NAMES = {
    "judge": "**judge (base + LoRA)**", "base_few_shot": "base, examples in the question",
    "lora_on_shuffled_labels": "LoRA on shuffled labels", "best_constant": "best constant",
    "tfidf_linear": "TF-IDF, ridge / logistic",
}  # fmt: skip
_CRITERIA = {
    "politeness": "politeness", "objection_handling": "objections", "sale_chance": "sale", "stage": "stage", "intent": "intent",
}  # fmt: skip


def card_text(report: Figures, reliability: Figures) -> str:
    """The card of one evaluation (docs/evidence/judge.json) and one calibration (docs/evidence/calibration.json)."""
    return _TEXT.read_text("utf-8").format(
        **figures(report), ece_before=reliability["before"]["expected_calibration_error"],
        ece_after=reliability["after"]["expected_calibration_error"],
        base_steps=f"{recipe.BASE.steps:,}", base_tokens=f"{recipe.BASE.batch_tokens:,}", adapter_steps=recipe.ADAPTER.steps,
    )  # fmt: skip


def figures(report: Figures) -> dict[str, Any]:
    """What an evaluation says, by the names that a card's text has for it."""
    results = report["results"]
    judge, said = results["judge"], results["judge"]["reasoning"]
    return {
        "verdict": _verdict(report), "n": report["dialogues"], "goals": _goals(report), "scores": _scores(results),
        "choices": _choices(results), "occasions": _occasions(results), "in_form": _figure(judge["in_form"]),
        "unrepaired": _figure(judge["unrepaired"]), "distinct": f"{said.get('distinct', 0):.0%}",
        "commonest": f"{said.get('commonest', 0):.0%}", "seconds": judge["seconds_median"],
        "tokens_in": judge["tokens_in_mean"], "tokens_out": judge["tokens_out_mean"],
    }  # fmt: skip


def _reached(report: Figures) -> list[tuple[str, Figure, bool]]:
    judge, goals = report["results"]["judge"], report["goals"]
    least = {"answered": judge["answered"], "stage": judge["stage"]["macro_f1"], "evidence": judge["evidence"]["all"]}
    rows = [(f"{name} ≥ {goals[name]:g}", got, (got["value"] or 0) >= goals[name]) for name, got in least.items()]
    for name in SCORES:
        got = judge[name]["mae"]
        met = got["value"] is not None and got["value"] <= goals[name]
        rows.append((f"{_CRITERIA[name]} MAE ≤ {goals[name]:g}", got, met))
    floor = report["results"]["best_constant"]["intent"]["macro_f1"]["value"]
    intent = judge["intent"]["macro_f1"]
    return [*rows, (f"intent macro-F1 > {floor:.3f} (the best constant)", intent, (intent["value"] or 0) > floor)]


def _verdict(report: Figures) -> str:
    missed = [goal for goal, _, reached in _reached(report) if not reached]
    return f"Goals missed: {'; '.join(missed) or 'none'}."


def _goals(report: Figures) -> str:
    rows = [
        f"| {goal} | {_figure(got)} | {'reached' if ok else '**not reached**'} |" for goal, got, ok in _reached(report)
    ]
    return "\n".join(["| goal | measured | |", "|---|---|---|", *rows])


def _scores(results: Figures) -> str:
    head = [f"{_CRITERIA[name]} {what}" for name in SCORES for what in ("MAE", "Spearman")]
    rows = {
        name: [_figure(figures[score][what]) for score in SCORES for what in ("mae", "spearman")]
        for name, figures in results.items()
    }
    return _table(head, rows)


def _choices(results: Figures) -> str:
    head = [f"{_CRITERIA[name]} {what}" for name in CHOICES for what in ("macro-F1", "accuracy")]
    rows = {
        name: [_figure(figures[choice][what]) for choice in CHOICES for what in ("macro_f1", "accuracy")]
        for name, figures in results.items()
    }
    return _table(head, rows)


def _occasions(results: Figures) -> str:
    rows = {
        name: [_figure(figures["occasion"][one]) for one in NULLABLE]
        for name, figures in results.items()
        if name != "best_constant"
    }
    return _table([f"{_CRITERIA[name]}: occasion" for name in NULLABLE], rows)


def _table(head: list[str], rows: dict[str, list[str]]) -> str:
    lines = [f"| {_NAMES[name]} | {' | '.join(cells)} |" for name, cells in rows.items()]
    return "\n".join([f"| | {' | '.join(head)} |", "|---" * (len(head) + 1) + "|", *lines])


def _figure(measured: Figure) -> str:
    if measured["value"] is None:
        return "none"
    digits = 1 if measured["value"] > 1 else 3
    return f"{measured['value']:.{digits}f} [{measured['low']:.{digits}f}, {measured['high']:.{digits}f}] (n={measured['n']})"
