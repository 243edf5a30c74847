"""Detectors meet the examples of the classes that they serve; states, borders of words and quotation marks mean what they say."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from auricle_contracts import (
    Channel,
    Detection,
    DetectionState,
    PastMessage,
    Role,
    RulesRequest,
    Transcript,
    Turn,
    Word,
)
from auricle_criteria import ClassExample
from auricle_criteria.detectors import Detector
from auricle_criteria.errors import BadArtefact
from auricle_languages import Languages
from auricle_masking import Detector as Masking
from auricle_rules.answering import RuleSet
from auricle_rules.detection.patterns import PatternBook, expression

PROMPTS = Path("prompts")
RULES = RuleSet.read(PROMPTS / "rules", Languages.load(PROMPTS), Masking.load(PROMPTS), 0.5)
assert RULES.detectors is not None
DETECTORS = RULES.detectors
NOT_TOLD = {
    "company_missing",
    "survey_not_offered",
    "template_of_past_chats",
}  # rest on the metadata, on what a machine said and on earlier conversations, which examples lack
MISSED = {
    ("punctuation", "Отменить нельзя оплатить сегодня иначе бронь снимется"): "two finite verbs only",
    (
        "punctuation",
        "Call us if it fails again do not open it wait for the engineer",
    ): "no morphology tells English verbs",
    (
        "left_without_answer",
        "Чат завершён оператором.",
    ): "a thread that the agent closes on a question is `hung_up`: so say the labels of three other hands",
    ("thanks_missing", "Ясно, ещё вопросы?"): "a notice of somebody else's number in a lift has no word of a failure",
}


def detections(
    lines: Sequence[tuple[Role, str]], channel: Channel, past: tuple[PastMessage, ...] | None = None, **more: str
) -> dict[str, Detection]:
    turns = tuple(
        Turn(id=number, participant=role.value, role=role, text=text) for number, (role, text) in enumerate(lines, 1)
    )
    transcript = Transcript(conversation_id="c", turns=turns)
    reply = RULES.answer(RulesRequest(transcript=transcript, channel=channel, metadata=more, past=past, classes=None))
    return {one.error_class: one for one in reply.detections}


def chat(*texts: str) -> dict[str, Detection]:
    """The customer and the agent in turns."""
    roles = (Role.CUSTOMER, Role.AGENT)
    return detections([(roles[number % 2], text) for number, text in enumerate(texts)], Channel.CHAT)


def is_found(example: ClassExample, name: str) -> bool:
    return detections(example.lines, example.channel)[name].state is DetectionState.FOUND


@pytest.mark.parametrize("name", sorted(DETECTORS.detectors.keys() - NOT_TOLD))
def test_a_detector_meets_the_examples_of_its_class(name: str) -> None:
    error_class = DETECTORS.classes[name]
    wrong = [
        example.lines[-1][1]
        for example, wanted in [(e, True) for e in error_class.positives] + [(e, False) for e in error_class.negatives]
        if is_found(example, name) != wanted
    ]
    assert wrong == [text for missed, text in MISSED if missed == name]


def test_every_class_that_names_a_rule_has_its_detector() -> None:
    assert {one.rule for one in DETECTORS.classes.values() if one.rule} == set(DETECTORS.detectors)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Без чека не положено.", DetectionState.FOUND),
        ("Без чека не-положено.", DetectionState.NOT_FOUND),
        ("Без чека НЕ ПОЛОЖЕНО", DetectionState.FOUND),
        ("Такова надпись «Не положено» на двери.", DetectionState.NOT_FOUND),
    ],
)
def test_a_phrase_ends_where_its_word_does(text: str, state: DetectionState) -> None:
    assert chat("Можно?", text)["stop_words"].state is state


def test_a_quote_is_where_the_words_are() -> None:
    text = "Ёлка 🎄 будет завтра, но без чека не положено!"
    (quote,) = chat("Можно?", text)["stop_words"].quotes
    assert (quote.turn, text[quote.span.start : quote.span.end]) == (2, "не положено")


def test_a_class_of_another_channel_has_no_opportunity() -> None:
    said = detections([(Role.AGENT, "Вы ОБЯЗАНЫ!!!")], Channel.CALL)
    assert (said["caps_and_exclamation"].state, said["caps_and_exclamation"].why) == (
        DetectionState.NO_OPPORTUNITY,
        "other_channel",
    )


def test_only_wanted_classes_are_looked_for() -> None:
    turn = Turn(id=1, participant="a", role=Role.AGENT, text="Не положено.")
    transcript = Transcript(conversation_id="c", turns=(turn,))
    asked = RulesRequest(transcript=transcript, channel=Channel.CHAT, classes=("stop_words", "wrong_fact"))
    assert [one.error_class for one in RULES.answer(asked).detections] == ["stop_words"]
    assert RULES.answer(RulesRequest(transcript=transcript, channel=Channel.CHAT)).detections == ()


def test_a_few_classes_say_what_all_of_them_say() -> None:
    lines = [(Role.CUSTOMER, "Где посылка?"), (Role.AGENT, "ЖДИТЕ!!! Без чека не положено, заказик у курьера.")]
    every = detections(lines, Channel.CHAT)
    turns = tuple(Turn(id=n, participant=role.value, role=role, text=text) for n, (role, text) in enumerate(lines, 1))
    for names in (("caps_and_exclamation",), ("diminutives", "stop_words")):
        asked = RulesRequest(
            transcript=Transcript(conversation_id="c", turns=turns), channel=Channel.CHAT, classes=names
        )
        assert {one.error_class: one for one in RULES.answer(asked).detections} == {name: every[name] for name in names}


def test_words_that_were_heard_badly_are_nobodys_fault() -> None:
    words = (
        Word(text="Не", start_ms=0, end_ms=200, confidence=0.2),
        Word(text="положено.", start_ms=200, end_ms=700, confidence=0.2),
    )
    turn = Turn(id=1, participant="a", role=Role.AGENT, text="Не положено.", start_ms=0, end_ms=700, words=words)
    asked = RulesRequest(
        transcript=Transcript(conversation_id="c", turns=(turn,)), channel=Channel.CALL, classes=("stop_words",)
    )
    (said,) = RULES.answer(asked).detections
    assert (said.state, said.why, said.quotes) == (DetectionState.UNDETERMINED, "heard_badly", ())


def test_a_company_is_named_in_any_case_and_script() -> None:
    def state(text: str) -> DetectionState:
        return detections([(Role.AGENT, text), (Role.CUSTOMER, "Да?")], Channel.CALL, company="Ромашка")[
            "company_missing"
        ].state

    assert state("Добрый день, вы позвонили в «Ромашку».") is DetectionState.NOT_FOUND
    assert state("Romashka, good morning.") is DetectionState.NOT_FOUND
    assert state("Добрый день, слушаю вас.") is DetectionState.FOUND


def test_a_template_of_earlier_conversations_is_told_by_them() -> None:
    text = "Благодарим за обращение, специалист рассмотрит его в порядке очереди."
    lines = [(Role.CUSTOMER, "Диван скрипит."), (Role.AGENT, text)]
    past = (PastMessage(turn=2, said=text, conversation_id="earlier", text=text),)
    assert detections(lines, Channel.CHAT, past)["template_of_past_chats"].state is DetectionState.FOUND
    assert detections(lines, Channel.CHAT, ())["template_of_past_chats"].state is DetectionState.NOT_FOUND
    plain = [(Role.CUSTOMER, "Диван скрипит."), (Role.AGENT, "Смажьте пружины под обивкой.")]
    assert detections(plain, Channel.CHAT)["template_of_past_chats"].state is DetectionState.NO_OPPORTUNITY


def test_without_earlier_conversations_a_message_of_formulas_alone_is_a_template() -> None:
    text = "Благодарим за обращение, специалист рассмотрит его в порядке очереди."
    lines = [(Role.CUSTOMER, "Диван скрипит."), (Role.AGENT, text)]
    assert detections(lines, Channel.CHAT)["template_of_past_chats"].state is DetectionState.FOUND
    told = [(Role.CUSTOMER, "Диван скрипит."), (Role.AGENT, text + " Диван заберут 4-го.")]
    assert detections(told, Channel.CHAT)["template_of_past_chats"].state is not DetectionState.FOUND


def test_a_repeat_says_how_near_it_is_and_one_with_details_of_the_person_is_none() -> None:
    text = "Попробуйте переустановить приложение и войти снова."
    said = chat("Не открывается.", text, "Пробовала.", text)["repeated_template"]
    assert (said.state, [quote.turn for quote in said.quotes]) == (DetectionState.FOUND, [4])
    assert said.detail == "turn 2, similarity 1.00, variables 0, not personalised"
    lines = [(Role.CUSTOMER, "Где заказ?"), (Role.AGENT, "[ИМЯ_1], ваш заказ 77 будет у вас завтра утром.")]
    past = (
        PastMessage(
            turn=2,
            said="[ИМЯ], ваш заказ 77 будет у вас завтра утром.",
            conversation_id="earlier",
            text="[ИМЯ], ваш заказ 12 будет у вас завтра утром.",
        ),
    )
    assert detections(lines, Channel.CHAT, past)["template_of_past_chats"].state is DetectionState.NOT_FOUND


def timed(*turns: tuple[Role, str, float, float]) -> dict[str, Detection]:
    said = tuple(
        Turn(
            id=number,
            participant=role.value,
            role=role,
            text=text,
            start_ms=round(1000 * start),
            end_ms=round(1000 * end),
        )
        for number, (role, text, start, end) in enumerate(turns, 1)
    )
    asked = RulesRequest(transcript=Transcript(conversation_id="c", turns=said), channel=Channel.CALL, classes=None)
    return {one.error_class: one for one in RULES.answer(asked).detections}


def test_the_clock_tells_silence_waiting_and_interruption() -> None:
    customer, agent = Role.CUSTOMER, Role.AGENT
    silent = timed((customer, "Назовите остаток.", 0, 2), (agent, "Так.", 2, 3), (agent, "Тысяча рублей.", 30, 32))
    assert silent["dead_air"].state is DetectionState.FOUND
    told = timed((customer, "Назовите остаток.", 0, 2), (agent, "Секунду, ищу.", 2, 3), (agent, "Тысяча.", 30, 32))
    assert told["dead_air"].state is DetectionState.NOT_FOUND
    long = timed((agent, "Подождёте минуту?", 0, 2), (customer, "Да.", 2, 3), (agent, "Нашёл договор.", 200, 202))
    assert long["hold_too_long"].state is DetectionState.FOUND
    over = timed(
        (customer, "Я вчера заказал стол, а потом выяснилось", 0, 6), (agent, "Номер заказа говорите скорее.", 3, 5)
    )
    assert over["interrupting"].state is DetectionState.FOUND
    nodding = timed((customer, "Я вчера заказал стол, а потом выяснилось", 0, 6), (agent, "Угу.", 3, 4))
    assert nodding["interrupting"].state is DetectionState.NOT_FOUND


@pytest.mark.parametrize("body", [{"found": []}, {"found": [{"says": ["x"]}], "check": "caps"}, {"check": "magic"}])
def test_a_detector_has_one_way_to_find(body: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"exactly one|Input should be"):
        Detector.model_validate({"id": "stop_words", "version": 1, "note": "A test.", **body})


def test_a_pattern_that_re2_refuses_is_named_with_its_detector() -> None:
    with pytest.raises(BadArtefact, match="detector trial"):
        PatternBook().add(expression((), (r"(a",)), "trial")


def test_patterns_take_time_that_grows_with_the_text_only() -> None:
    book = PatternBook()
    number = book.add(expression(["а* ... б* ... в*"]), "trial")
    book.build()
    assert book.find(["а " * 20_000]) == {}
    assert book.find(["ананас и банан и ваза"])[number] == {0: [(0, 21)]}


def test_a_pattern_names_wordings_and_wordings_name_others() -> None:
    book = PatternBook({"price": ["за {number}"], "number": ["(две|три) ...", "сто"]})
    number = book.add(expression(book.spelt_out(["отдам {price}"], "trial")), "trial")
    book.build()
    assert book.find(["Отдам за сто", "Отдам за так"]) == {number: {0: [(0, 12)]}}


def test_a_wording_that_nobody_wrote_is_refused() -> None:
    with pytest.raises(BadArtefact, match="there are no wordings \\['prise'\\]"):
        PatternBook({"price": ["сто"]}).spelt_out(["{prise}"], "trial")


def test_wordings_in_a_circle_are_refused() -> None:
    with pytest.raises(BadArtefact, match="nested too deeply"):
        PatternBook({"one": ["{two}"], "two": ["{one}"]}).spelt_out(["{one}"], "trial")


def test_a_word_voids_a_hit_of_its_own_sentence_only() -> None:
    asked = "asks_for_secrets"
    warned = chat("Карта не работает.", "Назовите ПИН-код. Код купона не понадобится.")[asked]
    assert warned.state is DetectionState.FOUND
    assert chat("Карта не работает.", "Назовите код купона.")[asked].state is DetectionState.NOT_FOUND
