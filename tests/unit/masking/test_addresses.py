"""Addresses whole, in the orders in which they are said; and what only has a number behind a street's word."""

import pytest
from auricle_contracts import Role, Turn
from auricle_masking import Detector


def found(detector: Detector, text: str, role: Role = Role.CUSTOMER) -> list[tuple[str, str]]:
    """Kind and words of each hit."""
    declared = "ru" if any("а" <= char <= "я" for char in text.lower()) else "en"
    hits = detector.find((Turn(id=1, participant="one", role=role, text=text),), declared=declared).hits
    return [(hit.kind.value, text[place.start : place.end]) for hit in hits for place in hit.places]


@pytest.mark.parametrize(
    "text",
    [
        "г. Псков, ул. 20 лет Победы, д. 8, к. 1, кв. 54", "улица 8 марта, 15, кв 7", "переулок 2-й Лесной, д 3",
        "кв. 15, д. 3, ул. Гоголя",
        "дом восемь по улице садовой квартира три", "Санкт-Петербург, Невский пр., д. 100, лит. А, кв. 5",
        "Ростов-на-Дону, пр. Стачки, 45/2, оф. 10",
        "проспект строителей двад цать один корпус бэ квартира шестьдесят", "посёлок сосновый бор вторая дачная участок сорок один",
        "221B Baker Street, London NW1 6XE", "The Old Mill, 2 Chapel Lane, Kington, HR5 3AA", "flat six nineteen millbrook road leeds",
        "PO Box 1234, Denver CO", "14 Rosewood Close, Bristol, BS1 4DJ",
    ],
)  # fmt: skip
def test_an_address_is_hidden_whole(detector: Detector, text: str) -> None:
    assert found(detector, text) == [("address", text)]


@pytest.mark.parametrize(
    ("role", "text"),
    [
        (Role.CUSTOMER, "дом у нас панельный, девять этажей, сто сорок квартир"), (Role.CUSTOMER, "накладная 10-2219-5503"),
        (Role.AGENT, "приезжайте к нам на улицу заводская пять"), (Role.AGENT, "Return it to our store, 7 Harbour Road, Hull"),
    ],
)  # fmt: skip
def test_a_house_that_is_nobodys_home_stays(detector: Detector, role: Role, text: str) -> None:
    assert not found(detector, text, role)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("записывайте: Лесная 5-17, 8 961 300 12 21", [("address", "Лесная 5-17"), ("phone", "8 961 300 12 21")]),
        ("серия лотереи 1147 билет 000382", []), ("Серия 9000, номер в линейке 12", []),
        ("загран 75 3319082", [("passport", "75 3319082")]),
        ("серия 4510 номер 123456", [("passport", "4510"), ("passport", "123456")]), ("наберите промокод LETO-2026-77", []),
        ("почта ай ти дефис отдел собака дом дефис юг точка рф", [("email", "ай ти дефис отдел собака дом дефис юг точка рф")]),
        ("почта т о м а потом цифра восемь собака рамблер точка ру", [("email", "т о м а потом цифра восемь собака рамблер точка ру")]),
    ],
)  # fmt: skip
def test_numbers_beside_other_things(detector: Detector, text: str, hidden: list[tuple[str, str]]) -> None:
    assert found(detector, text) == hidden
