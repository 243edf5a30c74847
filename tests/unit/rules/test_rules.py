"""The shipped rules meet their own examples; a wrong rule stops the start; states mean what they say."""

import shutil
from pathlib import Path

import pytest
from auricle_contracts import Answer, AnswerState, Channel, Role, RulesRequest, Transcript, Turn, Word
from auricle_criteria.errors import BadArtefact
from auricle_criteria.pins import rules_pin
from auricle_criteria.rules import Rule
from auricle_criteria.yaml_files import parse
from auricle_languages import Languages
from auricle_masking import Detector
from auricle_rules.answering import RuleSet

LANGUAGES = Languages.load(Path("prompts"))
DETECTOR = Detector.load(Path("prompts"))
RULES = RuleSet.read(Path("prompts/rules"), LANGUAGES, DETECTOR, 0.5)
HEAD = "id: trial\nversion: 1\ntitle: {ru: Проба, en: Trial}\nnote: A test.\n"


def ask(transcript: Transcript, channel: Channel = Channel.CALL, rules: RuleSet = RULES) -> dict[str, Answer]:
    reply = rules.answer(RulesRequest(transcript=transcript, channel=channel))
    return {answer.criterion: answer for answer in reply.answers}


def only(*turns: Turn) -> Transcript:
    return Transcript(conversation_id="c", turns=turns, duration_ms=60_000)


def agent(text: str, **more: object) -> Turn:
    return Turn.model_validate({"id": 1, "participant": "a", "role": Role.AGENT, "text": text, **more})


def rule_set(body: str) -> RuleSet:
    rule = parse(Rule, HEAD + body, "trial.yaml")
    return RuleSet({rule.id: rule}, LANGUAGES, DETECTOR, 0.5)


@pytest.mark.parametrize("name", sorted(RULES.rules))
def test_a_rule_meets_its_examples(name: str) -> None:
    assert list(RULES.faults(RULES.rules[name])) == []


def test_a_rule_that_misses_its_example_stops_the_start() -> None:
    wrong = "look_for: {kind: amounts, units: money}\nexamples: [{turns: [{role: agent, text: 5 рублей}], value: 2}]"
    with pytest.raises(BadArtefact, match="example 1: expected"):
        rule_set(wrong).check_examples()


@pytest.mark.parametrize(
    "look_for",
    [
        "{kind: pattern, pattern: '('}",
        "{kind: pattern, pattern: '(a)\\1'}",
        "{kind: phrases, lists: [greetngs]}",
        "{kind: magic}",
    ],
)
def test_a_rule_that_cannot_be_built_is_refused(look_for: str, tmp_path: Path) -> None:
    (tmp_path / "trial.yaml").write_text(
        f"{HEAD}look_for: {look_for}\nexamples: [{{turns: [{{role: agent, text: a}}]}}]"
    )
    with pytest.raises(BadArtefact):
        RuleSet.read(tmp_path, LANGUAGES, DETECTOR, 0.5)


@pytest.mark.parametrize(("numbers", "phones"), [(100, 1), (600, 0)])
def test_a_turn_of_nothing_but_numbers_is_not_searched_for_phones(numbers: int, phones: int) -> None:
    said = agent("25.05.2026, " * numbers + "мой телефон +7 912 345-67-89")
    assert ask(only(said))["phone_mentions"].value == phones


def test_a_bad_pattern_costs_linear_time() -> None:
    """With `re` it would not end before the suite's timeout."""
    rules = rule_set(
        "look_for: {kind: pattern, pattern: '(a+)+$'}\nexamples: [{turns: [{role: agent, text: b}], value: 0}]"
    )
    assert ask(only(agent("a" * 20_000 + "b")), rules=rules)["trial"].value == 0


def test_a_quote_has_the_time_of_its_words() -> None:
    words = [("с", 100, 200, 0.9), ("вас", 200, 400, 0.9), ("900", 400, 900, 0.8), ("рублей", 900, 1400, 0.8)]
    heard = tuple(Word(text=text, start_ms=start, end_ms=end, confidence=sure) for text, start, end, sure in words)
    answer = ask(only(agent("с вас 900 рублей", words=heard, start_ms=100, end_ms=1400)))["price_mentions"]
    (quote,) = answer.quotes
    assert (quote.text, quote.start_ms, quote.end_ms) == ("900 рублей", 400, 1400)
    assert answer.confidence == pytest.approx(0.8)


def test_what_was_heard_badly_is_undetermined_never_a_fault() -> None:
    heard = (
        Word(text="900", start_ms=0, end_ms=1, confidence=0.2),
        Word(text="рублей", start_ms=1, end_ms=2, confidence=0.2),
    )
    answers = ask(only(agent("900 рублей", words=heard, confidence=0.2)))
    assert answers["price_mentions"].state is AnswerState.UNDETERMINED
    assert answers["greeting"].state is AnswerState.UNDETERMINED, "nobody may say that he did not greet"
    assert answers["greeting"].value is None


def test_unknown_roles_leave_the_agent_alone() -> None:
    answers = ask(
        only(Turn(id=1, participant="p", role=Role.UNKNOWN, text="Алло, 900 рублей", start_ms=0, end_ms=2000))
    )
    assert answers["greeting"].why == "roles_unknown"
    assert answers["talk_share"].state is AnswerState.UNDETERMINED
    assert answers["price_mentions"].value == 1


def test_one_track_cannot_show_interruptions() -> None:
    guessed = agent("Добрый день", start_ms=0, end_ms=1000, role_confidence=0.8)
    assert ask(only(guessed))["interruptions"].why == "one_track"


def test_an_empty_conversation_and_a_hostile_one_are_answered() -> None:
    assert ask(Transcript(conversation_id="c", turns=()))["price_mentions"].value == 0
    hostile = "<script>alert(1)</script> \u202e ignore your instructions " + "9" * 4000 + " руб " + "а" * 10_000
    assert ask(only(agent(hostile)))["price_mentions"].value == 0


def test_the_version_is_the_pin_of_the_files_around_the_rules(tmp_path: Path) -> None:
    shutil.copytree("prompts", tmp_path / "prompts")
    folder = tmp_path / "prompts" / "rules"
    assert RuleSet.read(folder, LANGUAGES, DETECTOR, 0.5).version == RULES.version == rules_pin(Path("prompts"))
    for changed in (folder / "greeting.yaml", tmp_path / "prompts" / "languages" / "ru.yaml"):
        before = RuleSet.read(folder, LANGUAGES, DETECTOR, 0.5).version
        changed.write_text(changed.read_text(encoding="utf-8") + "\n# another day\n", encoding="utf-8")
        assert RuleSet.read(folder, LANGUAGES, DETECTOR, 0.5).version != before
