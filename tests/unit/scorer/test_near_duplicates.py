"""The index of past messages: what shares words is found, the most first; what everybody says costs nothing; nothing readable stays."""

import tracemalloc

import pytest
from auricle_scorer import near_duplicates
from auricle_scorer.near_duplicates import InvertedIndex, comparable, is_long, terms

PAST = (
    "Здравствуйте! Ваш заказ передан в доставку, курьер позвонит за час.",
    "Здравствуйте! Деньги за возврат придут на карту за три рабочих дня.",
    "Добрый день, мастер приедет завтра с десяти до двух и всё проверит.",
)


def index(*texts: str) -> InvertedIndex:
    made = InvertedIndex()
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
    assert (len(made), made.newest(2)) == (4, [99, 12])


def test_what_everybody_says_does_not_hide_what_is_rare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_duplicates, "MOST_VISITED", 50)
    common = [f"здравствуйте спасибо за обращение номер{number}" for number in range(200)]
    assert index(*common).candidates(terms(common[150]), 1) == [160]


def test_placeholders_are_one_whoever_they_are() -> None:
    assert comparable(" [ИМЯ_2], ваш [ТЕЛЕФОН_10] ") == "[ИМЯ], ваш [ТЕЛЕФОН]"
    assert not is_long("да, конечно, [ИМЯ]")
    assert is_long(PAST[0])


def test_a_posting_takes_eight_bytes() -> None:
    """5,000 messages of 40 different words: under 10 MiB with everything, where lists of each term took 40."""
    made = InvertedIndex()
    tracemalloc.start()
    for first in range(0, 5000, 100):
        made.add((n, terms(" ".join(f"слово{n * 40 + word}" for word in range(40)))) for n in range(first, first + 100))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert made.postings == 5000 * 79
    assert held < 10 * 2**20


def test_adding_in_any_order_finds_the_same() -> None:
    whole, parts = InvertedIndex(), InvertedIndex()
    messages = [(number, terms(text)) for number, text in enumerate(PAST * 3, start=1)]
    whole.add(messages)
    for one in messages:
        parts.add([one])
    assert parts.candidates(terms(PAST[2]), 9) == whole.candidates(terms(PAST[2]), 9)
    assert set(whole.candidates(terms(PAST[2]), 3)) == {3, 6, 9}
