"""Repeated messages: the hand-made pairs, each through the shipped rule, and difflib's decision beside it."""

from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
import yaml
from auricle_contracts import Channel, Role, RulesRequest, Transcript, Turn
from auricle_languages import Languages
from auricle_masking import Detector
from auricle_rules.answering import RuleSet

PAIRS: list[dict[str, Any]] = yaml.load(Path("tests/data/rules/templates.yaml").read_text("utf-8"), yaml.CSafeLoader)
SHIPPED = RuleSet.read(
    Path("prompts/rules"), Languages.load(Path("prompts")), Detector.load(Path("prompts")), min_heard=0.5
)
RULES = RuleSet(
    {"repeated_messages": SHIPPED.rules["repeated_messages"]}, SHIPPED.languages, SHIPPED.detector, min_heard=0.5
)


def repeats(past: str, now: str) -> bool:
    turns = tuple(
        Turn(id=number, participant="a", role=Role.AGENT, text=text) for number, text in enumerate((past, now), start=1)
    )
    request = RulesRequest(transcript=Transcript(conversation_id="c", turns=turns), channel=Channel.CHAT)
    return RULES.answer(request).answers[0].value == 1


@pytest.mark.parametrize("pair", PAIRS, ids=range(len(PAIRS)))
def test_a_pair_is_judged_as_a_person_does(pair: dict[str, Any]) -> None:
    assert repeats(pair["past"], pair["now"]) is pair["repeats"]


@pytest.mark.parametrize("pair", PAIRS, ids=range(len(PAIRS)))
def test_a_pair_is_judged_as_difflib_does(pair: dict[str, Any]) -> None:
    alike = SequenceMatcher(None, pair["past"], pair["now"], autojunk=False).ratio() >= 0.7
    assert repeats(pair["past"], pair["now"]) is alike
