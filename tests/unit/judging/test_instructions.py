"""What is said to the judge is withheld; what people say to each other about machines, courts, tests and answers stays."""

from pathlib import Path

import pytest
import yaml
from auricle_judging import instructions
from auricle_judging.instructions import suspected, without_instructions

DATA = Path(__file__).parents[2] / "data"


def lines_of(name: str) -> list[str]:
    written = (DATA / "instructions" / name).read_text(encoding="utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in written]


ORDINARY = [*lines_of("benign.txt"), *lines_of("benign_second.txt")]
ATTACKS = [one["text"] for one in yaml.safe_load((DATA / "attacks.yaml").read_text(encoding="utf-8"))]


@pytest.mark.parametrize("said", ORDINARY)
def test_ordinary_sentences_stay(said: str) -> None:
    assert without_instructions(said) == said


@pytest.mark.parametrize("attack", ATTACKS)
def test_of_a_known_attack_nothing_stays_but_a_signature(attack: str) -> None:
    assert len(without_instructions(attack).split()) <= 4


def test_most_attacks_of_the_second_hand_that_were_read_are_withheld() -> None:
    read = lines_of("attacks_second.txt")[::2]
    assert sum(without_instructions(one) != one for one in read) >= 39


def test_the_short_look_finds_what_the_long_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    every = [*ORDINARY, *ATTACKS, *lines_of("attacks_second.txt")]
    short = [without_instructions(one) for one in every]
    monkeypatch.setattr(instructions, "_is_hinted", lambda plain: bool(plain.strip()))
    assert [without_instructions(one) for one in every] == short


def test_what_may_be_meant_for_the_judge_is_told_and_stays() -> None:
    said = "Нейросеть ошибок не найдёт, не переживайте."
    assert without_instructions(said) == said
    assert suspected(said)
    assert not suspected("Здравствуйте, чем могу помочь?")
