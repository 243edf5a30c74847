"""Text as helpdesks, mail programs and telephones send it, posted through the door and read as rules and views read it."""

from pathlib import Path
from typing import Any

import pytest
from auricle_contracts import Answer, Channel, RulesRequest, Scope, Span, Transcript
from auricle_languages import Languages
from auricle_masking import Detector
from auricle_records import results
from auricle_rules.answering import RuleSet
from integration.gateway.conftest import Door
from integration.gateway.posted import PEOPLE, chat

PROMPTS = Path(__file__).parents[3] / "prompts"


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return RuleSet.read(PROMPTS / "rules", Languages.load(PROMPTS), Detector.load(PROMPTS), 0.0)


async def posted(door: Door, channel: Channel, *turns: tuple[str, str]) -> Transcript:
    body = chat(channel=channel, turns=[{"participant": who, "text": text} for who, text in turns], participants=PEOPLE)
    response = await door.ours.post("/v1/conversations", json=body)
    assert response.status_code == 202, response.text
    return await results.load_transcript(door.db, door.parts.store, "ours", response.json()["id"])


def answers(rules: RuleSet, transcript: Transcript, channel: Channel) -> dict[str, Answer]:
    reply = rules.answer(RulesRequest(transcript=transcript, channel=channel))
    return {answer.criterion: answer for answer in reply.answers}


async def test_markup_is_read_as_the_words_that_it_shows(door: Door, rules: RuleSet) -> None:
    transcript = await posted(
        door,
        Channel.CHAT,
        ("customer", "<p>Мой номер <b>8&nbsp;900</b>&nbsp;321-54-76</p>"),
        ("agent", "<div>Сборка стоит 2&nbsp;450&nbsp;рублей.</div>"),
    )
    found = answers(rules, transcript, Channel.CHAT)
    assert (found["price_mentions"].value, found["phone_mentions"].value) == (1, 1)
    assert found["language_mix"].value == "ru 100%"
    source = transcript.turns[1].source
    assert source is not None
    span = source.span_of(found["price_mentions"].quotes[0].span)
    assert source.text[span.start : span.end] == "2&nbsp;450&nbsp;рублей"


async def test_decomposed_letters_are_the_same_words(door: Door, rules: RuleSet) -> None:
    transcript = await posted(
        door,
        Channel.CHAT,
        ("agent", "Здравствуи\u0306те! Доставка стоит 700 рублеи\u0306."),
        ("customer", "Спасибо, Фе\u0308дор Ильич"),
    )
    found = answers(rules, transcript, Channel.CHAT)
    assert (found["greeting"].value, found["price_mentions"].value) == (True, 1)
    assert transcript.turns[1].text == "Спасибо, Фёдор Ильич"


@pytest.mark.parametrize(
    "tail",
    [
        (
            "\n\nср, 4 марта 2026 г. в 11:20, Поддержка <care@shop.example>:\n> Приносим извинения, курьер стоит 600 рублей."
            "\n>> Где заказ № 51877? Ужасно."
        ),
        "\n\n-----Исходное сообщение-----\nОт: Поддержка\nТема: RE: Заказ № 51877\n\nПриносим извинения, курьер стоит 600 рублей. Ужасно.",
        "\n\nFrom: Care\nSent: Wednesday\nTo: Me\nSubject: RE\n\nПриносим извинения, курьер стоит 600 рублей. Заказ № 51877. Ужасно.",
    ],
)
async def test_a_quoted_tail_is_not_said_again(door: Door, rules: RuleSet, tail: str) -> None:
    transcript = await posted(
        door,
        Channel.EMAIL,
        ("customer", "Где заказ № 51877? Ужасно."),
        ("agent", "Приносим извинения, курьер стоит 600 рублей."),
        ("customer", "Спасибо." + tail),
    )
    found = answers(rules, transcript, Channel.EMAIL)
    assert transcript.turns[2].text == "Спасибо."
    counts = {
        name: found[name].value
        for name in ("price_mentions", "price_mentions_customer", "negative_turns", "order_numbers")
    }
    assert counts == {"price_mentions": 1, "price_mentions_customer": 0, "negative_turns": 1, "order_numbers": 1}
    assert transcript.turns[2].source is not None
    assert [part.kind for part in transcript.turns[2].source.apart] == ["quoted"]


async def test_a_masked_view_has_no_source(door: Door) -> None:
    turn = {"participant": "customer", "text": "Позвоните: 8\u2010900\u2010321\u201054\u201076, рассроч\u00adка"}
    body: dict[str, Any] = chat(turns=[turn], participants=PEOPLE)
    conversation = (await door.ours.post("/v1/conversations", json=body)).json()["id"]
    shown = (await door.ours.get(f"/v1/conversations/{conversation}/transcript")).json()["turns"][0]
    assert (shown["text"], shown["source"]) == ("Позвоните: [ТЕЛЕФОН_1], рассрочка", None)
    whole = (await door.ours.get(f"/v1/conversations/{conversation}/transcript", params={"unmasked": True})).json()
    opened = Transcript.model_validate(whole).turns[0]
    assert opened.source is not None
    assert opened.source.text == turn["text"]
    span = opened.source.span_of(Span(start=11, end=26))
    assert opened.source.text[span.start : span.end] == "8\u2010900\u2010321\u201054\u201076"


async def test_a_greeting_is_no_farewell_and_a_word_of_two_languages_no_switch(door: Door, rules: RuleSet) -> None:
    transcript = await posted(
        door, Channel.EMAIL, ("agent", "Добрый день. Возврат оформили."), ("customer", "Бар в отеле есть?")
    )
    found = answers(rules, transcript, Channel.EMAIL)
    assert (found["greeting"].value, found["farewell"].value) == (True, False)
    assert (found["language_mix"].value, found["mixed_turns"].value) == ("ru 100%", 0)


HIDDEN = [
    ("ok 89032184765", "ok [ТЕЛЕФОН_1]"),
    ("Тел. 8 (4852) 61.14.28", "Тел. [ТЕЛЕФОН_1]"),
    ("8_903_218_47_65", "[ТЕЛЕФОН_1]"),
    ("СНИЛС 214.318.772.45", "СНИЛС [СНИЛС_1]"),
    ("С уважением, Мельников П.И.", "С уважением, [ИМЯ_1]."),
    ("Клиент Соловьёв просит перезвонить", "Клиент [ИМЯ_1] просит перезвонить"),
    ("Сухово-Кобылин Александр", "[ИМЯ_1]"),
    ("пишите лена точка кротова собака почта точка ру", "пишите [ПОЧТА_1]"),
    ("г. Казань, ул. Баумана, д. 5, кв. 12", "[АДРЕС_1]"),
    ("Перезвоню вам 2026-12-04, остаток 1 370 000", None),
    ("Позвоните 2026/12/08 11:30", None),
    ("Поехал во Владимир", None),
    ("Купила роман Достоевского", None),
]


async def test_personal_data_in_the_forms_of_the_world_are_hidden(door: Door) -> None:
    for said, expected in HIDDEN:
        body = chat(turns=[{"participant": "customer", "text": said}], participants=PEOPLE, language="ru")
        conversation = (await door.ours.post("/v1/conversations", json=body)).json()["id"]
        shown = (await door.ours.get(f"/v1/conversations/{conversation}/transcript")).json()["turns"][0]["text"]
        assert shown == (said if expected is None else expected)


async def test_words_that_nobody_sees_are_none(door: Door) -> None:
    response = await door.ours.post(
        "/v1/conversations", json=chat(turns=[{"participant": "customer", "text": "\u200b\u00ad <p></p>"}])
    )
    assert (response.status_code, response.json()["code"]) == (422, "body_missing")


async def test_a_customers_name_and_number_are_hidden_from_who_may_not_unmask(door: Door) -> None:
    people = [
        {"id": "agent", "role": "agent", "name": "Ольга", "reference": "84213"},
        {"id": "customer", "role": "customer", "name": "Сорока Дарья", "reference": "+79032184765"},
        {"id": "other", "role": "unknown", "name": "Гость", "reference": "CRM-5512"},
    ]
    conversation = (await door.ours.post("/v1/conversations", json=chat(participants=people))).json()["id"]
    shown = [("Ольга", "84213"), ("[ИМЯ]", "[ТЕЛЕФОН]"), ("[ИМЯ]", "CRM-5512")]
    whole = [(one["name"], one["reference"]) for one in people]
    async with await door.client("ours", Scope.READ, Scope.INGEST) as reader:
        for client, expected in ((reader, shown), (door.ours, whole)):
            one = (await client.get(f"/v1/conversations/{conversation}")).json()
            listed = (await client.get("/v1/conversations", params={"id": conversation})).json()["items"][0]
            patched = (await client.patch(f"/v1/conversations/{conversation}", json={"line": "vip"})).json()
            for view in (one, listed, patched):
                assert [(person["name"], person["reference"]) for person in view["participants"]] == expected
        async with reader.stream("GET", f"/v1/conversations/{conversation}/events") as events:
            first = await anext(line async for line in events.aiter_lines() if line.startswith("data: "))
    assert "Дарья" not in first
    assert "[ТЕЛЕФОН]" in first


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "Сколько стоит сборка? Мой номер <b>8&nbsp;900</b>&nbsp;321-54-76",
            "Сколько стоит сборка? Мой номер [ТЕЛЕФОН_1]",
        ),
        ("Накладная потерялась. Мой номер 89003215476", "Накладная потерялась. Мой номер [ТЕЛЕФОН_1]"),
        ("Номер заказа 8900321547", "Номер заказа 8900321547"),
        ("+7 900 321-54-76, 8 951 204-83-17", "[ТЕЛЕФОН_1], [ТЕЛЕФОН_2]"),
        ("+375 29 321-54-76, 8 951 204-83-17", "[ТЕЛЕФОН_1], [ТЕЛЕФОН_2]"),
    ],
)
async def test_a_phone_is_hidden_whole_whatever_stands_beside_it(door: Door, text: str, shown: str) -> None:
    body = chat(turns=[{"participant": "customer", "text": text}], participants=PEOPLE, language="ru")
    posted = (await door.ours.post("/v1/conversations", json=body)).json()["id"]
    reply = await door.ours.get(f"/v1/conversations/{posted}/transcript")
    assert [turn["text"] for turn in reply.json()["turns"]] == [shown]


@pytest.mark.parametrize(
    "text", ["ok 89032184765", "Ivan 89032184765", "89032184765", "please give it to him 8 903 218-47-65"]
)
async def test_a_phone_is_hidden_where_no_language_is_declared(door: Door, text: str) -> None:
    shown = await _shown(door, text)
    assert "[" in shown[0]
    assert "032" not in shown[0].replace(" ", "")


SUMS = [
    ("Сколько стоит доставка на 8 903 218-47-65?", "Сколько стоит доставка на [ТЕЛЕФОН_1]?"),
    ("Какая сумма к оплате, мой номер 89032184765", "Какая сумма к оплате, мой номер [ТЕЛЕФОН_1]"),
    ("Заказ на 8 903 218-47-65 оформлен", "Заказ на [ТЕЛЕФОН_1] оформлен"),
    ("Стоимость 89 032 184 765 и ни копейкой меньше", None),
    ("Стоимость 9032184765 рублей", None),
    ("Заказ 89032184765", None),
]


@pytest.mark.parametrize(("text", "expected"), SUMS)
async def test_a_phone_beside_a_price_is_hidden_and_a_price_is_not(door: Door, text: str, expected: str | None) -> None:
    assert await _shown(door, text, language="ru") == [text if expected is None else expected]


@pytest.mark.parametrize(
    "text",
    ["1 370 000 по ипотеке", "первый взнос 500 000 или 600 000", "ремонт 250000", "за неё 4 850 000", "300,000 сразу"],
)
async def test_a_sum_behind_a_turn_about_a_telephone_is_none(door: Door, text: str) -> None:
    assert (await _shown(door, "Назовите ваш телефон", text, language="ru"))[1] == text
    assert (await _shown(door, "Назовите ваш телефон", "234 567", language="ru"))[1] == "[ТЕЛЕФОН_1]"


async def _shown(door: Door, *texts: str, language: str | None = None) -> list[str]:
    """The turns as a key without `unmask` reads them; an agent begins where there are two."""
    people = ["agent", "customer"][-len(texts) :]
    turns = [{"participant": who, "text": text} for who, text in zip(people, texts, strict=True)]
    body = chat(turns=turns, participants=PEOPLE) | ({"language": language} if language else {})
    posted = (await door.ours.post("/v1/conversations", json=body)).json()["id"]
    reply = await door.ours.get(f"/v1/conversations/{posted}/transcript")
    return [turn["text"] for turn in reply.json()["turns"]]
