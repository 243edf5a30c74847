"""The rules measured in one run: a five-minute call, eighty phrases, hostile text, hard cases, and the model's pass beside them.

Writes docs/evidence/rules.json. Times are CPU of this process, so a busy machine makes them worse by its caches only.
"""

import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from auricle_contracts import Channel, RulesRequest, Transcript
from auricle_criteria.rules import Rule
from auricle_criteria.yaml_files import parse
from auricle_languages import Languages
from auricle_masking import Detector
from auricle_rules.answering import RuleSet
from auricle_samples.planted import DENSITIES, PlantedCall, planted_call
from bench import rules_model, rules_phrases
from unit.languages.test_hard_cases import HOSTILE, expected, facts, read

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
EVIDENCE = Path("docs/evidence/rules.json")
WORDS = 700
CALLS, REPEATS, MODEL_CALLS = 30, 10, 2
TEN_KILOBYTES = 10_240
CATASTROPHIC = """
id: catastrophic
version: 1
title: {ru: Проба, en: Trial}
note: A pattern that takes a backtracking engine years.
look_for: {kind: pattern, pattern: '(а+)+$'}
examples: [{turns: [{role: agent, text: б}], value: 0}]
"""


def calls() -> list[PlantedCall]:
    """Unseen synthetic calls in equal parts of each density, cut to at most 700 words."""
    found = []
    for seed in range(CALLS // len(DENSITIES)):
        for density in DENSITIES:
            call = planted_call(2000 + seed, "test", density)
            words, kept = 0, []
            for turn in call.turns:
                words += len(turn.text.split())
                if words <= WORDS:
                    kept.append(turn)
            found.append(call.model_copy(update={"turns": tuple(kept)}))
    return found


def milliseconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return 1000 * (time.process_time() - began)


def speed(rules: RuleSet, requests: Sequence[RulesRequest]) -> dict[str, float]:
    """Per 700 words: each call as its first time, and the median and 95th percentile of many."""
    words = [sum(len(turn.text.split()) for turn in one.transcript.turns) for one in requests]
    first = [milliseconds(lambda one=one: rules.answer(one)) for one in requests]  # type: ignore[misc]
    later = [[milliseconds(lambda one=one: rules.answer(one)) for _ in range(REPEATS)] for one in requests]  # type: ignore[misc]
    scaled = sorted(WORDS * ms / count for many, count in zip(later, words, strict=True) for ms in many)
    return {
        "words_per_call": round(statistics.mean(words)),
        "turns_per_call": round(statistics.mean(len(one.transcript.turns) for one in requests)),
        "ms_per_700_words_p50": round(statistics.median(scaled), 2),
        "ms_per_700_words_p95": round(scaled[int(0.95 * len(scaled))], 2),
        "ms_per_700_words_best": round(scaled[0], 2),
        "ms_per_call_p50": round(statistics.median(ms for many in later for ms in many), 2),
        "ms_first_call_of_a_process": round(first[0], 1),
    }


def hostile(rules: RuleSet) -> dict[str, float]:
    """Milliseconds for 10 KB of one repeated piece, all rules and a catastrophic pattern."""
    found = {}
    for piece in HOSTILE:
        text = piece * (TEN_KILOBYTES // len(piece.encode()))
        request = RulesRequest(transcript=rules_phrases.only(text), channel=Channel.CALL)
        found[piece] = round(min(milliseconds(lambda one=request: rules.answer(one)) for _ in range(3)), 1)  # type: ignore[misc]
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def hard_cases(detector: Detector) -> dict[str, str]:
    """How many of the hand-made cases are met exactly."""

    def phones(text: str) -> list[str]:
        from auricle_contracts.masking import PersonalKind

        return [hit.value[-10:] for hit in detector.find([read(text).turn], (PersonalKind.PHONE,), declared="ru").hits]

    ways: dict[str, Callable[[dict[str, Any]], bool]] = {
        "amounts": lambda case: list(map(facts, read(case["said"]).amounts)) == list(map(expected, case["found"])),
        "dates": lambda case: [one.value for one in read(case["said"]).dates] == case["found"],
        "phones": lambda case: phones(case["said"]) == [digits[-10:] for digits in case["found"]],
        "orders": lambda case: [one.digits for one in read(case["said"]).references] == case["found"],
    }
    table = {}
    for name, met in ways.items():
        cases = yaml.safe_load(Path("tests/data/rules", f"{name}.yaml").read_text("utf-8"))
        missed = [case["said"] for case in cases if not met(case)]
        table[name] = f"{len(cases) - len(missed)} of {len(cases)}"
        if missed:
            table[f"{name}_missed"] = "; ".join(missed)
    return table


def test_rules_beside_re_and_the_model() -> None:
    languages, detector = Languages.load(Path("prompts")), Detector.load(Path("prompts"))
    rules = RuleSet.read(Path("prompts/rules"), languages, detector, 0.5)
    made = calls()
    requests = [
        RulesRequest(
            transcript=Transcript(conversation_id=call.id, language="ru", turns=call.turns), channel=Channel.CALL
        )
        for call in made
    ]
    timed = speed(rules, requests)
    phrases = rules_phrases.table()
    loop = phrases["compiled re in a loop"]
    model = rules_model.cpu_seconds([call.turns for call in made[:MODEL_CALLS]])
    bad = parse(Rule, CATASTROPHIC, "catastrophic.yaml")
    attacked = hostile(RuleSet({**rules.rules, bad.id: bad}, languages, detector, 0.5))
    figures = {
        "command": "make bench (tests/bench/test_rules.py)",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores shared with other work, Linux x86-64, Python 3.11",
        "load_average": round(os.getloadavg()[0], 1),
        "what": f"{len(rules.rules)} shipped rules, {CALLS} synthetic calls, CPU time of one core, words warm in the cache",
        "call": timed,
        "phrases_ms_per_text": phrases,
        "phrases_times_faster_than_the_loop": {
            "search": round(loop / phrases["rules: search"]),
            "reading_and_search": round(loop / phrases["rules: reading and search"], 1),
        },
        "model_cpu_seconds_per_call": round(model, 2),
        "model_over_rules": round(1000 * model / timed["ms_per_call_p50"]),
        "hostile_ms_per_10_kb": attacked,
        "hard_cases": hard_cases(detector),
        "goals": {"ms_per_700_words": 5, "phrases": 150, "model_over_rules": 1000, "hostile_ms_per_10_kb": 10},
    }
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    EVIDENCE.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", "utf-8")
    assert timed["ms_per_call_p50"] > 0
