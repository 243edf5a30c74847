"""Blocks of dropped talk, and which line about one is believed."""

from pathlib import Path

import pytest
from auricle_compressor.compression import compress
from auricle_compressor.compression.talk import Block, believable, blocks, told
from auricle_contracts import CompressRequest, Level, Role
from auricle_languages import Languages
from unit.compressor.conversations import conversation

LANGUAGES = Languages.load(Path("prompts"))
TALK = "A: Мастер приезжает, снимает размеры, потом дизайнер рисует проект, показывает его клиенту на экране и отвечает на вопросы.\n"
SCRIPT = (
    "C: Хочу заказать кухню.\nA: Итого сорок тысяч рублей.\n"
    + TALK
    + "C: Мгм.\nA: Бригада работает аккуратно, застилает пол плёнкой, выносит мусор, моет за собой посуду и закрывает окна.\n"
    "A: Производство у нас своё, станки новые, люди опытные, материалы проверенные, склад рядом, машины большие.\n"
    "C: Записывайте меня."
)


def block() -> Block:
    transcript = conversation(SCRIPT)
    draft = compress(CompressRequest(transcript=transcript, level=Level.HARD), LANGUAGES)
    (found,) = blocks(draft, transcript)
    return found


def test_talk_of_a_stretch_is_a_block_and_its_line_stands_where_it_began() -> None:
    transcript = conversation(SCRIPT)
    draft = compress(CompressRequest(transcript=transcript, level=Level.HARD), LANGUAGES)
    (found,) = blocks(draft, transcript)
    assert [turn.id for turn in found.turns] == [3, 5, 6]
    lines = told(draft, {found: "Агент рассказал о порядке работ."}).lines
    assert [line.turns[0] for line in lines] == [1, 2, 3, 7]
    assert (lines[2].role, lines[2].text) == (Role.UNKNOWN, "(Агент рассказал о порядке работ)")
    assert lines[:2] + lines[3:] == draft.lines, "nothing that was kept is touched"


def test_little_talk_is_no_block() -> None:
    transcript = conversation("C: Хочу заказать кухню.\n" + TALK)
    assert blocks(compress(CompressRequest(transcript=transcript, level=Level.HARD), LANGUAGES), transcript) == ()


@pytest.mark.parametrize(
    ("summary", "believed"),
    [
        ("Агент рассказал о замере, проекте и работе бригады.", True),
        ("Агент пообещал скидку двадцать процентов.", False),
        ("Агент назвал цену 40000.", False),
        ("Агент Геннадий рассказал о замере.", False),
        ("Агент рассказал о работе. " * 20, False),
    ],
)
def test_a_line_may_not_add_numbers_or_names_nor_be_long(summary: str, believed: bool) -> None:
    assert believable(summary, block(), LANGUAGES) is believed
