"""The test set holds what it promises, and masking finds no less of it than it did when it was last measured."""

import pytest
from auricle_contracts import Role, Turn
from auricle_contracts.masking import PersonalKind
from auricle_masking import Detector, checks
from masking_marks import load, measure

FLOORS = {  # recall, precision: of all four files together, a little under what docs/evidence/masking.json says
    PersonalKind.PHONE: (0.97, 0.97), PersonalKind.CARD: (0.97, 0.97), PersonalKind.EMAIL: (0.9, 0.9),
    PersonalKind.PASSPORT: (0.97, 0.97), PersonalKind.SNILS: (0.97, 0.97), PersonalKind.INN: (0.97, 0.97),
    PersonalKind.ADDRESS: (0.9, 0.9), PersonalKind.NAME: (0.9, 0.85),
}  # fmt: skip
FILES = ("hand.jsonl", "generated.jsonl", "held.jsonl", "generated_held.jsonl")


def one(text: str, role: Role = Role.CUSTOMER) -> tuple[Turn, ...]:
    return (Turn(id=1, participant=role.value, role=role, text=text),)


def test_recall_and_precision_stay(detector: Detector) -> None:
    scores = measure(load(*FILES), detector)
    low = {kind: score for kind, score in scores.items() if (score.recall, score.precision) < FLOORS[kind]}
    under = {kind: (score.misses, score.extras) for kind, score in low.items()}
    assert all(s.recall >= FLOORS[k][0] and s.precision >= FLOORS[k][1] for k, s in scores.items()), under


def test_the_measure_sees_a_miss_and_an_extra(detector: Detector) -> None:
    """The check must be able to fail: a set whose marks are wrong scores badly."""
    cases = load("hand.jsonl")[:16]
    unmarked = [case.__class__(case.id, case.tag, case.language, case.turns, ()) for case in cases]
    assert measure(unmarked, detector)[PersonalKind.PHONE].precision == 0
    blind = Detector({name: lexicon for name, lexicon in detector._lexicons.items() if name == "en"})
    spoken = [case for case in load("hand.jsonl") if case.tag == "phone_spoken"]
    assert measure(spoken, blind)[PersonalKind.PHONE].recall < 0.5


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (checks.is_card, "4276123456789014", "4276123456789015"),
        (checks.is_snils, "11223344595", "11223344596"),
        (checks.is_inn, "7707083893", "7707083894"),
        (checks.is_inn, "500100732259", "500100732258"),
    ],
)
def test_check_digits(check: object, right: str, wrong: str) -> None:
    assert callable(check)
    assert check(right)
    assert not check(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\x00", "\ud800", "1" * 100_000, "восемь " * 5_000, "собака " * 3_000, "@" * 10_000, "а" * 50_000,
        "улица " * 3_000, "меня зовут " * 3_000, "a@" * 5_000, "точка " * 2_000 + "собака точка ру", "[ТЕЛЕФОН_1]" * 500,
        "8 (" * 5_000, "٣٤٥٦٧٨٩٠١٢٣٤", "𝟖𝟗𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "²²²²²²²²²²²",
    ],
)  # fmt: skip
@pytest.mark.timeout(5)
def test_hostile_text_neither_breaks_nor_stalls(detector: Detector, text: str) -> None:
    detector.find(one(text))


def test_kinds_are_chosen(detector: Detector) -> None:
    turns = one("телефон 8 912 345 67 89 почта olga@mail.ru")
    only = detector.find(turns, kinds=[PersonalKind.EMAIL])
    assert [hit.kind for hit in only.hits] == [PersonalKind.EMAIL]


def test_two_phones_in_one_breath(detector: Detector) -> None:
    found = detector.find(one("8 912 345 67 89 8 916 111 22 33 записали"))
    assert [hit.value for hit in found.hits] == ["9123456789", "9161112233"]
