"""The language of a turn: its script, else what it was heard in, else the conversation's."""

from pathlib import Path

import pytest
from auricle_contracts import Role, Transcript, Turn
from auricle_languages import Languages, analyse_turns

LANGUAGES = Languages.load(Path(__file__).parents[3] / "prompts")


@pytest.mark.parametrize(
    ("text", "heard_in", "read_as"),
    [
        ("7 7 1 4 9", None, "ru"),
        ("7 7 1 4 9", "en", "en"),
        ("Одну минуту.", "en", "ru"),
        ("My parcel is not here.", None, "en"),
        ("7 7 1 4 9", "de", "ru"),
    ],
)
def test_a_turn_is_read_in_the_language_that_it_was_heard_in(text: str, heard_in: str | None, read_as: str) -> None:
    turn = Turn(id=1, participant="c", role=Role.CUSTOMER, text=text, language=heard_in)
    (read,) = analyse_turns(Transcript(conversation_id="x", language="ru", turns=(turn,)), LANGUAGES)
    assert read.language.pack.language == read_as
