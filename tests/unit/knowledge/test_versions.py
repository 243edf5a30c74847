"""Ids of passages over versions: what stays the same keeps its id, whatever happens around it."""

import random

import pytest
from auricle_contracts.knowledge import Passage
from auricle_knowledge.versions import numbered

FIRST = ("Срок возврата 14 дней.", "Нужен чек или выписка банка.", "Деньги идут до десяти дней.", "Обувь 30 дней.")


def made(*texts: str) -> tuple[Passage, ...]:
    return tuple(Passage(id="", text=text) for text in texts)


def ids(*texts: str) -> list[str]:
    """After a first version of FIRST."""
    before, following = numbered(made(*FIRST), (), 1)
    return [one.id for one in numbered(made(*texts), before, following)[0]]


def test_a_first_version_is_numbered() -> None:
    found, following = numbered(made(*FIRST), (), 1)
    assert ([one.id for one in found], following) == (["p1", "p2", "p3", "p4"], 5)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (FIRST, ["p1", "p2", "p3", "p4"]),
        (("Новый абзац о скидках.", *FIRST), ["p5", "p1", "p2", "p3", "p4"]),
        ((FIRST[0], *FIRST[2:]), ["p1", "p3", "p4"]),
        ((FIRST[3], FIRST[2], FIRST[1], FIRST[0]), ["p4", "p3", "p2", "p1"]),
        ((FIRST[0], "Нужен  ЧЕК или\nвыписка банка.", *FIRST[2:]), ["p1", "p2", "p3", "p4"]),
        ((FIRST[0], "Нужен чек, выписка или справка банка.", *FIRST[2:]), ["p1", "p2", "p3", "p4"]),
        ((FIRST[0], "Совсем о другом: доставка бесплатна.", *FIRST[2:]), ["p1", "p5", "p3", "p4"]),
        ((FIRST[0], FIRST[0], *FIRST[1:]), ["p1", "p5", "p2", "p3", "p4"]),
    ],
    ids=["same", "added", "removed", "reversed", "spaces", "reworded", "replaced", "doubled"],
)
def test_passages_keep_their_ids(texts: tuple[str, ...], expected: list[str]) -> None:
    found = ids(*texts)
    if texts[0] == FIRST[0] == texts[1]:
        assert sorted(found) == sorted(expected)  # which of two equal ones is the old one cannot be told
    else:
        assert found == expected


def test_ids_are_never_used_again() -> None:
    version, following = numbered(made(*FIRST), (), 1)
    rest, following = numbered(made(*FIRST[:2]), version, following)
    back, _ = numbered(made(*FIRST), rest, following)
    assert [one.id for one in back] == ["p1", "p2", "p5", "p6"]


@pytest.mark.parametrize("seed", range(20))
def test_ids_are_unique_and_same_words_keep_theirs(seed: int) -> None:
    """Whatever is shuffled, dropped and added."""
    chance = random.Random(seed)
    before, following = numbered(made(*(f"слово{n} о деле {n % 7}" for n in range(60))), (), 1)
    texts = [one.text for one in chance.sample(before, 40)] + [f"иное{n} вовсе" for n in range(15)]
    chance.shuffle(texts)
    found, _ = numbered(made(*texts), before, following)
    known = {one.text: one.id for one in before}
    assert len({one.id for one in found}) == len(found)
    assert all(one.id == known[one.text] for one in found if one.text in known)
