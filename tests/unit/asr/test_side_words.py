"""Words of sides: what an n-gram is, and that evidence of words adds up to that of their text."""

import pytest
from auricle_asr.transcription.side_words import SideWords, ngrams
from auricle_asr.wiring import cue_book
from auricle_contracts import Word

TABLE = SideWords({"записала": 1.0, "запис*": 0.5, "запис* вас": 0.5, "мне": -1.0, "?": 0.25})


def words_of(text: str) -> list[Word]:
    return [Word(text=part, start_ms=0, end_ms=1, confidence=1.0) for part in text.split()]


def test_a_long_word_stands_for_its_beginning_too() -> None:
    assert list(ngrams(["записала", "вас"])) == [
        (0, 0, "записала"), (0, 0, "запис*"), (1, 1, "вас"), (0, 1, "запис* вас"),
    ]  # fmt: skip


def test_evidence_lies_on_the_words_that_carry_it() -> None:
    assert TABLE.by_word(words_of("Записала вас, мне?")).tolist() == [1.75, 0.25, -0.75]


@pytest.mark.parametrize("text", ["Записала вас, мне?", "кто-то записался?? мне мне", ""])
def test_evidence_of_words_is_that_of_their_text(text: str) -> None:
    assert TABLE.by_word(words_of(text)).sum() == pytest.approx(TABLE.evidence(text))


def test_words_that_nobody_knows_say_nothing() -> None:
    assert TABLE.evidence("йота омикрон") == 0.0


RUSSIAN = ("Какой у вас адрес доставки?", "У меня не работает интернет, я уже второй раз звоню.")
ENGLISH = ("Let me check that for you.", "I still have no heating and my kids are freezing.")


@pytest.mark.parametrize("sides", [RUSSIAN, ENGLISH], ids=["ru", "en"])
def test_the_shipped_words_tell_sides_without_a_script(sides: tuple[str, str]) -> None:
    agent, customer = map(cue_book().evidence, sides)
    assert agent > 0 > customer
