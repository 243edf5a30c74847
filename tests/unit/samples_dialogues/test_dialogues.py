"""The truth of a dialogue must follow from its text, and held-out dialogues must be strangers to training."""

import json
from pathlib import Path

import pytest
from auricle_contracts import Channel, ConversationIn, Role, SaleStage
from auricle_samples.dialogues import Dialogue, Mark, generate
from auricle_samples.dialogues.overlap import phrases, runs, shared
from auricle_samples.dialogues.texts import bodies
from auricle_samples.dialogues.training.material import scenarios
from auricle_samples.dialogues.truth import Seen, judge

SEEDS = range(300)
HELDOUT = Path(__file__).parents[2] / "data" / "texts" / "heldout.jsonl"


@pytest.fixture(scope="module", params=["train", "heldout"])
def dialogues(request: pytest.FixtureRequest) -> list[Dialogue]:
    return [generate(seed, request.param) for seed in SEEDS]


def test_equal_seeds_give_equal_dialogues(dialogues: list[Dialogue]) -> None:
    assert generate(dialogues[7].seed, dialogues[7].split) == dialogues[7]


def test_no_two_read_alike(dialogues: list[Dialogue]) -> None:
    assert len({tuple(turn.text for turn in dialogue.turns) for dialogue in dialogues}) == len(dialogues)


def test_every_label_rests_on_words_of_its_turn(dialogues: list[Dialogue]) -> None:
    for dialogue in dialogues:
        for seen in dialogue.truth.seen:
            assert seen.quote in dialogue.turns[seen.turn - 1].text, dialogue.id
        for error in dialogue.truth.errors:
            assert error.quote in dialogue.turns[error.turn - 1].text, dialogue.id


def test_labels_are_recomputed_from_the_marks(dialogues: list[Dialogue]) -> None:
    for dialogue in dialogues:
        truth = dialogue.truth
        assert judge(truth.seen, truth.intent, truth.errors) == truth


def test_all_stages_moods_and_channels_occur(dialogues: list[Dialogue]) -> None:
    assert {dialogue.truth.stage for dialogue in dialogues} == set(SaleStage)
    assert {dialogue.channel for dialogue in dialogues} == set(Channel)
    assert len({dialogue.style for dialogue in dialogues}) >= 3


def test_nothing_of_the_grammar_is_left_in_the_text(dialogues: list[Dialogue]) -> None:
    text = "".join(turn.text for dialogue in dialogues for turn in dialogue.turns)
    assert not set("{}|<>[]/()") & set(text)


def test_calls_are_speakable(dialogues: list[Dialogue]) -> None:
    calls = [dialogue for dialogue in dialogues if dialogue.channel is Channel.CALL]
    assert not any(char.isdigit() for dialogue in calls for turn in dialogue.turns for char in turn.text)


def test_both_people_speak_in_turn(dialogues: list[Dialogue]) -> None:
    for dialogue in dialogues:
        assert [turn.id for turn in dialogue.turns] == list(range(1, len(dialogue.turns) + 1))
        assert {turn.role for turn in dialogue.turns} == {Role.AGENT, Role.CUSTOMER}


def test_training_has_twelve_russian_scenarios_and_english_ones() -> None:
    assert len(scenarios("ru")) >= 12
    assert len(scenarios("en")) >= 4


@pytest.mark.parametrize("seeds", [1000, pytest.param(4000, marks=pytest.mark.torch)])
def test_heldout_shares_no_five_words_with_training(seeds: int) -> None:
    training = [generate(seed, "train") for seed in range(seeds)]
    heldout = [generate(seed, "heldout") for seed in range(seeds // 5)]
    assert shared(training, heldout) == set()
    assert {dialogue.scenario for dialogue in training}.isdisjoint(dialogue.scenario for dialogue in heldout)


def test_the_overlap_check_sees_a_shared_phrase() -> None:
    training = [generate(3, "train")]
    assert shared(training, training) == phrases(training) != set()
    assert set(runs("Ждите сто двадцать рублей на карту", 5)) == {("ждите", "#", "рублей", "на", "карту")}


def test_the_committed_heldout_set_is_what_its_seeds_give() -> None:
    lines = HELDOUT.read_text("utf-8").splitlines()
    assert len(lines) >= 400
    assert all(
        Dialogue.model_validate(json.loads(line)) == generate(seed, "heldout") for seed, line in enumerate(lines)
    )


def test_scores_follow_the_written_tables() -> None:
    seen = [
        Seen(mark=Mark.OPENING, turn=1, quote="Добрый день"),
        Seen(mark=Mark.GREETING, turn=1, quote="Добрый день"),
        Seen(mark=Mark.OFFER, turn=3, quote="Тариф"),
        Seen(mark=Mark.OBJECTION, turn=4, quote="Дорого"),
        Seen(mark=Mark.ACKNOWLEDGE, turn=5, quote="Понимаю"),
        Seen(mark=Mark.ARGUMENT, turn=5, quote="Зато"),
        Seen(mark=Mark.RUDENESS, turn=5, quote="Надоели"),
        Seen(mark=Mark.DECLINED, turn=6, quote="Нет"),
    ]
    truth = judge(seen, "", [])
    assert (truth.politeness, truth.objection_handling, truth.sale_chance) == (50 + 12 - 30, 10 + 20 + 30, 10 + 4 - 6)
    assert (truth.stage, truth.stage_evidence.turn) == (SaleStage.OBJECTIONS, 4)
    assert (truth.politeness_evidence.turn, truth.sale_evidence.turn) == (5, 6)


def test_a_dialogue_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="no end signal"):
        judge([Seen(mark=Mark.OPENING, turn=1, quote="Да")], "", [])


def test_the_committed_samples_are_what_their_seeds_give() -> None:
    for name, text in bodies().items():
        assert (HELDOUT.parent / name).read_text("utf-8") == text, name


def test_the_samples_are_bodies_that_the_gateway_takes() -> None:
    found = [path for path in sorted(HELDOUT.parent.glob("*.json")) if not path.name.endswith(".truth.json")]
    channels = [ConversationIn.model_validate_json(path.read_text("utf-8")).channel for path in found]
    assert (channels.count(Channel.CHAT), channels.count(Channel.EMAIL)) == (3, 2)
    assert all(path.with_name(f"{path.stem}.truth.json").exists() for path in found)
