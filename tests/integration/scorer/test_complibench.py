"""A conversation of CompliBench's form, made by us, through the flow over a scripted judge."""

from typing import Any

from bench.complibench_data import conversation
from bench.complibench_figures import by_words, constant, figures
from bench.test_complibench import judged
from fixtures.scripted_model import Scripted, served
from integration.scorer.checklist_flow import Finds

PHASES, CONDITIONS = "Category 2: Intent Triggered Guidelines", "Category 3: Condition Triggered Guidelines"


def message(turn: int, content: str, phase: int | None = None, key: str = "parcel") -> dict[str, Any]:
    if phase is None:
        return {"turn_index": turn, "role": "user", "content": content}
    category = CONDITIONS if phase < 0 else PHASES
    return {
        "turn_index": turn, "role": "assistant", "content": content, "category": category, "key": key, "phase": phase,
    }  # fmt: skip


READ: dict[str, Any] = {
    "domain": "post_short",
    "intent_name": "parcel",
    "assistant_guidelines": {
        "Category 1: Universal Compliance": {"tone": "Be friendly."},
        PHASES: {"parcel": {"Phase 1": "Greet the caller.", "Phase 2": "Ask for the number of the parcel."}},
        CONDITIONS: {"human_agent_request": "If the caller asks for a person, transfer at once."},
    },
    "message_list": [
        message(0, "Good morning, this is the post office, how can I help you?", 1),
        message(1, "My parcel is late, and I would like to talk to a person."),
        message(2, "I can help you myself, no person is needed for this.", -1, "human_agent_request"),
        message(3, "All right then."),
        message(4, "What colour is the parcel, please?", 2),
    ],
    "mistakes": [
        {"turn_index": 2, "guidance category": CONDITIONS, "guidance key": "human_agent_request", "guideline_phase": -1},
        {"turn_index": 4, "guidance category": PHASES, "guidance key": "parcel", "guideline_phase": 2},
    ],
}  # fmt: skip


def test_guidelines_become_classes_and_turns_say_which_is_broken() -> None:
    one = conversation(READ, "post", "conversation_1")
    assert dict(one.guidelines) == {
        "intent_1": "Greet the caller.",
        "intent_2": "Ask for the number of the parcel.",
        "when_human_agent_request": "If the caller asks for a person, transfer at once.",
    }
    assert dict(one.turns) == {1: None, 3: "when_human_agent_request", 5: "intent_2"}


async def test_the_three_figures_of_what_the_flow_reports() -> None:
    one = conversation(READ, "post", "conversation_1")
    finds = Finds({"when_human_agent_request": "T3", "intent_1": "T5"})
    with served(Scripted(context=16_000, say=finds)) as (url, _):
        said, left = await judged([one], url, "judge")
    assert left == 0
    shares = figures([one], said)
    assert {name: (share.hits, share.of) for name, share in shares.items()} == {
        "kept": (1, 1),
        "detected": (2, 2),
        "whole": (1, 1),
        "named": (1, 2),
    }
    asked = next(prompt for kind, prompt in finds.prompts if kind == "detect")
    assert "transfer at once" in asked
    assert "Be friendly" not in asked


def test_floors_are_what_they_say() -> None:
    one = conversation(READ, "post", "conversation_1")
    silent, loud = (figures([one], constant([one], report=report)) for report in (False, True))
    assert (silent["kept"].value, silent["detected"].value, silent["whole"].value) == (1.0, 0.0, 0.0)
    assert (loud["kept"].value, loud["detected"].value, loud["named"].value) == (0.0, 1.0, 0.0)
    low, high = silent["kept"].interval or (0.0, 0.0)
    assert low < 0.5 < high == 1.0
    assert by_words([one]) is None
