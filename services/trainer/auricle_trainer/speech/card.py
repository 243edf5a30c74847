"""`card`: the model's README, written from the evidence so that no figure is typed by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from auricle_trainer.speech.testset import load

_TEXT = Path(__file__).parent / "card.md"


def card(evidence: Path = Path("docs/evidence/speech.json"), out: Path = Path("models/speech/README.md")) -> None:
    """Write the model card."""
    out.write_text(card_text(json.loads(evidence.read_text())))


def card_text(report: dict[str, Any]) -> str:
    """The card of one evaluation report."""
    test, calls, other = report["test_set"], report["sample_calls"], report["other_synthesiser"]
    short = report["sample_calls_in_8_s_windows"]
    silence, speed = report["no_speech"], report["speed"]
    words, wrong = (sum(call[key] for call in calls) for key in ("words", "word_errors"))
    low, high = test["word_error_rate_95"]
    rows = [
        (
            "word error rate, test set",
            f"**{_share(test['word_error_rate'])}** (95 %: {_share(low)} to {_share(high)})",
            "≤ 15 %",
        ),
        ("character error rate", _share(test["character_error_rate"]), ""),
        ("words of unseen types that were missed", _share(test["unseen_words_missed"]), ""),
        ("other words that were missed", _share(test["seen_words_missed"]), ""),
        ("word start, median error", f"{test['word_start_median_ms']:.0f} ms", "≤ 120 ms"),
        ("AUROC of word confidence", f"{test['confidence_auroc']:.2f}", "≥ 0.75"),
        (f"word error rate, sample calls, windows of 8 s ({words} words)", _share(short["word_error_rate"]), ""),
        ("word error rate, sample calls, windows of 30 s", _share(wrong / words), ""),
        ("word error rate, festival's Russian voice", _rate_or_reason(other), ""),
        (
            "clips of silence and noise in which it writes words",
            f"{silence['clips_with_text']} of {silence['clips']}",
            "",
        ),
        ("speed, one worker thread, beam 5", f"{speed['sequential_times_real_time']} times real time", ""),
        ("speed, batches of 8, greedy, with VAD", f"{speed['batched_greedy_vad_times_real_time']} times real time", ""),
    ]
    table = "\n".join(f"| {what} | {value} | {goal} |" for what, value, goal in rows)
    counts = (
        f"{test['words']:,} words, {test['word_types']:,} types, {_share(test['unseen_type_share'])} of them unseen"
    )
    whole = len(load().utterances)
    part = "all of it" if test["utterances"] == whole else f"here its first {test['utterances']} of {whole} utterances"
    counts = f"{part}, {counts}"
    return _TEXT.read_text().replace("{table}", table).replace("{counts}", counts).replace("{verdict}", _verdict(test))


def _verdict(test: dict[str, Any]) -> str:
    """Which goals were missed."""
    goals = {
        "word error rate": test["word_error_rate"] <= 0.15,
        "word start": test["word_start_median_ms"] <= 120,
        "confidence": test["confidence_auroc"] >= 0.75,
    }
    met = [name for name, reached in goals.items() if reached]
    missed = [name for name, reached in goals.items() if not reached]
    return f"Goals met: {', '.join(met) or 'none'}. **Goals missed: {', '.join(missed) or 'none'}.**"


def _rate_or_reason(figures: dict[str, Any]) -> str:
    return (
        str(figures["skipped"])
        if "skipped" in figures
        else f"{_share(figures['word_error_rate'])} ({figures['words']} words)"
    )


def _share(value: float) -> str:
    return f"{value * 100:.1f} %"
