"""The index of past messages: what shares words is found, the most first; what everybody says costs nothing; nothing readable stays."""

import pytest
from auricle_scorer import likeness
from auricle_scorer.likeness import PastIndex, is_long, normal, terms

PAST = (
    "Здравствуйте! Ваш заказ передан в доставку, курьер позвонит за час.",
    "Здравствуйте! Деньги за возврат придут на карту за три рабочих дня.",
    "Добрый день, мастер приедет завтра с десяти до двух и всё проверит.",
)


def index(*texts: str) -> PastIndex:
    made = PastIndex()
    made.add((number, terms(text)) for number, text in enumerate(texts, start=10))
    return made


def test_what_shares_most_comes_first() -> None:
    found = index(*PAST).candidates(terms("Здравствуйте! Ваш заказ передан в доставку, мастер позвонит за час."), 2)
    assert found[0] == 10
    assert len(found) == 2


def test_nothing_shared_is_no_candidate() -> None:
    assert index(*PAST).candidates(terms("полностью другое сообщение"), 5) == []


def test_a_message_is_known_once() -> None:
    made = index(*PAST)
    made.add([(10, terms(PAST[0])), (99, terms(PAST[1]))])
    assert (len(made), made.newest) == (4, 99)


def test_what_everybody_says_does_not_hide_what_is_rare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "MOST_VISITED", 50)
    common = [f"здравствуйте спасибо за обращение номер{number}" for number in range(200)]
    assert index(*common).candidates(terms(common[150]), 1) == [160]


def test_placeholders_are_one_whoever_they_are() -> None:
    assert normal(" [ИМЯ_2], ваш [ТЕЛЕФОН_10] ") == "[ИМЯ], ваш [ТЕЛЕФОН]"
    assert not is_long("да, конечно, [ИМЯ]")
    assert is_long(PAST[0])
