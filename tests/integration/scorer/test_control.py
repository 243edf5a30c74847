"""The arms of `auricle bench control` over a scripted judge: the same classes, asked as the flow asks and all at once."""

from auricle_contracts import Channel, DetectionState
from auricle_criteria import FoundBy, StepKind, read_classes
from auricle_samples.dialogues.written.errors import MarkedDialogue
from auricle_scorer.neighbours import Neighbours
from bench.control_arms import Arm, asking, compared
from fixtures.scripted_model import Scripted, served
from integration.scorer.checklist_flow import Finds, by_prompt
from integration.scorer.conftest import PROMPTS
from integration.scorer.test_flow import RUDE, a_model, outcome, scored

NAMES = ("blame", "condescension", "sarcasm", "pressure")
RUDE_CHAT = MarkedDialogue(
    id="rude", lang="ru", channel=Channel.CHAT, domain="telecom", scenario="a fault", turns=RUDE,
)  # fmt: skip


class AllAtOnce(Finds):
    """Answers the one prompt too: a place with its comment."""

    def __call__(self, schema: dict[str, object], prompt: str) -> dict[str, object] | None:
        said = super().__call__(schema, prompt)
        if said is not None and "Ты проверяешь работу agent" in prompt:
            words = {"what": "Вы обвинили клиента", "why": "Он пришёл за помощью", "how": "Давайте проверим вместе"}
            return {name: one and {**one, **words} for name, one in said.items()}
        return said


async def test_each_arm_asks_about_the_same_classes_and_tells_what_it_cost() -> None:
    finds = AllAtOnce({"blame": "T2", "sarcasm": "T4"}, frozenset({"blame"}))
    model = Scripted(context=16_000, say=finds)
    with served(model) as (url, _):
        async with asking(url, "judge", compared(read_classes(PROMPTS).values(), NAMES)) as judge:
            said = {arm: await judge.ask(arm, RUDE_CHAT) for arm in Arm}
    found = {
        arm: sorted(name for name, one in said[arm].detections.items() if one.state is DetectionState.FOUND)
        for arm in Arm
    }
    assert found == {Arm.ONE_PROMPT: ["blame", "sarcasm"], Arm.SPLIT: ["blame", "sarcasm"], Arm.FLOW: ["blame"]}
    assert {arm: set(one.detections) for arm, one in said.items()} == {arm: set(NAMES) for arm in Arm}
    assert {arm: one.cost.calls for arm, one in said.items()} == {Arm.ONE_PROMPT: 1, Arm.SPLIT: 1, Arm.FLOW: 3}
    assert all(one.cost.tokens_in > one.cost.tokens_out > 0 for one in said.values())


def test_only_what_a_prompt_can_be_asked_about_is_compared() -> None:
    classes = read_classes(PROMPTS)
    asked = {one.id for one in compared(classes.values())}
    assert asked == {n for n, one in classes.items() if one.found_by is not FoundBy.RULE and not one.by_articles}


async def test_what_verify_is_off_for_stands_as_it_was_proposed(neighbours: Neighbours) -> None:
    finds = Finds({"blame": "T2", "sarcasm": "T4"}, frozenset())
    bundle = by_prompt("blame", "sarcasm", verify={"without": ("sarcasm",)})
    evaluation = (await scored(neighbours, bundle, a_model(finds))).evaluation
    assert outcome(evaluation, "blame").why == "refuted"
    stands = outcome(evaluation, "sarcasm")
    assert (stands.state, stands.step) == (DetectionState.FOUND, StepKind.DETECT)
    assert [names for kind, names in finds.asked if kind == "verify"] == [("blame",)]
