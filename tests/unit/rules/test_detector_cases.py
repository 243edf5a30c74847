"""Detectors meet cases that were written from the definitions of their classes before the patterns.

They are files of `tests/data/detectors/`, one a class.

A line is `+ call | a: words | c[3-5]: words | company=Name`: whether the mistake is there, the channel, who says what from which second to
which, the caller's metadata. `!` before it: known to be told wrong.
"""

import re
from pathlib import Path

import pytest
from auricle_contracts import Channel, DetectionState, Role, RulesRequest, Transcript, Turn
from auricle_languages import Languages
from auricle_masking import Detector as Masking
from auricle_rules.answering import RuleSet

PROMPTS = Path("prompts")
CASES = Path(__file__).parents[2] / "data" / "detectors"
RULES = RuleSet.read(PROMPTS / "rules", Languages.load(PROMPTS), Masking.load(PROMPTS), 0.5)
ROLES = {"a": Role.AGENT, "c": Role.CUSTOMER, "b": Role.BOT, "i": Role.IVR}
SAID = re.compile(r"(?P<who>[acbi])(?:\[(?P<start>[\d.]+)-(?P<end>[\d.]+)\])?: (?P<text>.*)")


def test_every_class_with_cases_has_its_detector() -> None:
    assert RULES.detectors is not None
    assert {path.stem for path in CASES.glob("*.txt")} <= RULES.detectors.detectors.keys()


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.txt")))
def test_a_detector_meets_its_cases(name: str) -> None:
    lines = (CASES / f"{name}.txt").read_text("utf-8").splitlines()
    known = [line[1:] for line in lines if line.startswith("!")]
    assert [
        case for case in (line.removeprefix("!") for line in lines) if is_found(name, case) != (case[0] == "+")
    ] == known


def is_found(name: str, case: str) -> bool:
    head, *parts = case.split(" | ")
    turns: list[Turn] = []
    told: dict[str, str] = {}
    for part in parts:
        said = SAID.fullmatch(part)
        if said is None:
            key, value = part.split("=", 1)
            told[key] = value
            continue
        start, end = (None if said[key] is None else round(float(said[key]) * 1000) for key in ("start", "end"))
        text = said["text"].replace("\\n", "\n")
        turns.append(
            Turn(
                id=len(turns) + 1,
                participant=said["who"],
                role=ROLES[said["who"]],
                text=text,
                start_ms=start,
                end_ms=end,
            )
        )
    asked = RulesRequest(
        transcript=Transcript(conversation_id="c", turns=tuple(turns)),
        channel=Channel(head.split()[1]),
        metadata=told,
        classes=(name,),
    )
    return RULES.answer(asked).detections[0].state is DetectionState.FOUND
