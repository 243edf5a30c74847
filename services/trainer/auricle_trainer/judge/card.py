"""`card`: the judge's README, written from the evidence so that no figure is typed by hand."""

from pathlib import Path
from typing import Any

from auricle_trainer.judge import recipe
from auricle_trainer.judge.answers import SCORES

Figures = dict[str, Any]
Figure = dict[str, Any]
_TEXT = Path(__file__).parent / "card.md"
_NAMES = {
    "judge": "**judge (base + LoRA)**", "base_few_shot": "base, examples in the prompt",
    "lora_on_shuffled_labels": "LoRA on shuffled labels", "best_constant": "best constant",
    "tfidf_linear": "TF-IDF, ridge / logistic",
}  # fmt: skip


def card_text(report: Figures, reliability: Figures) -> str:
    """The card of one evaluation (docs/evidence/judge.json) and one calibration (docs/evidence/calibration.json)."""
    results = report["results"]
    judge, quotes, said = results["judge"], results["judge"]["quotes"], results["judge"]["reasoning"]
    return _TEXT.read_text("utf-8").format(
        verdict=_verdict(report), n=judge["stage_macro_f1"]["n"], n_base=results["base_few_shot"]["stage_macro_f1"]["n"],
        goals=_goals(report), table=_table(results), intent=_intent(results),
        anywhere=_figure(quotes["anywhere"]), right_turn=_figure(quotes["in_the_turn_of_the_truth"]),
        occasion=_figure(judge["occasion"]), distinct=f"{said['distinct']:.0%}", commonest=f"{said['commonest']:.0%}",
        templated=f"{said['templated']:.0%}", ru=_figure(judge["by_language"]["ru"]["stage_macro_f1"]),
        en=_figure(judge["by_language"]["en"]["stage_macro_f1"]), seconds=judge["seconds_median"],
        tokens_in=judge["tokens_in_mean"], tokens_out=judge["tokens_out_mean"],
        ece_before=reliability["before"]["expected_calibration_error"],
        ece_after=reliability["after"]["expected_calibration_error"],
        base_steps=f"{recipe.BASE.steps:,}", adapter_steps=recipe.ADAPTER.steps,
    )  # fmt: skip


def _reached(report: Figures) -> list[tuple[str, Figure, bool]]:
    judge, goals = report["results"]["judge"], report["goals"]
    quotes = judge["quotes"]["in_named_turn"]
    return [
        ("stage macro-F1 ≥ 0.80", judge["stage_macro_f1"], judge["stage_macro_f1"]["value"] >= goals["stage_macro_f1"]),
        ("score MAE ≤ 10", judge["score_mae"], judge["score_mae"]["value"] <= goals["score_mae"]),
        ("finished and unrepaired ≥ 99 %", judge["finished_unrepaired"],
         judge["finished_unrepaired"]["value"] >= goals["finished_unrepaired"]),
        ("quotes found again in the turn that it names ≥ 80 %", quotes, quotes["value"] >= goals["quotes_in_named_turn"]),
    ]  # fmt: skip


def _verdict(report: Figures) -> str:
    missed = [goal for goal, _, reached in _reached(report) if not reached]
    return f"Goals missed: {'; '.join(missed) or 'none'}."


def _goals(report: Figures) -> str:
    rows = [
        f"| {goal} | {_figure(got)} | {'reached' if ok else '**not reached**'} |" for goal, got, ok in _reached(report)
    ]
    return "\n".join(["| goal | measured | |", "|---|---|---|", *rows])


def _table(results: Figures) -> str:
    head = ["| | stage macro-F1 | score MAE | politeness MAE | objection MAE | sale MAE |", "|---|---|---|---|---|---|"]
    return "\n".join(head + [f"| {_NAMES[name]} | {_row(results[name])} |" for name in _NAMES if name in results])


def _row(figures: Figures) -> str:
    scores = [figures[name]["mae"] for name in SCORES]
    return " | ".join(map(_figure, [figures["stage_macro_f1"], figures["score_mae"], *scores]))


def _intent(results: Figures) -> str:
    named = ("judge", "best_constant", "tfidf_linear")
    rows = [
        f"| {_NAMES[name]} | {_figure(results[name]['intent']['macro_f1'])} | {_figure(results[name]['intent']['accuracy'])} |"
        for name in named
    ]
    return "\n".join(["| why the customer came | macro-F1 | accuracy |", "|---|---|---|", *rows])


def _figure(measured: Figure) -> str:
    if measured["value"] is None:
        return "none"
    digits = 1 if measured["value"] > 1 else 3
    return f"{measured['value']:.{digits}f} [{measured['low']:.{digits}f}, {measured['high']:.{digits}f}] (n={measured['n']})"
