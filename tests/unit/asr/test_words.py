"""Words are joined as the engine wrote them."""

import pytest
from auricle_asr.speech.engine import RecognisedWord
from auricle_asr.speech.words import as_written, whole_words


def pieces(*written: str) -> list[tuple[str, RecognisedWord]]:
    return [(one, RecognisedWord(one.strip(), at, at + 0.5, 0.9 - at / 10)) for at, one in enumerate(written)]


@pytest.mark.parametrize(
    ("written", "language", "expected"),
    [
        ((" Он", " из", "-за", " границы."), "ru", ["Он", "из-за", "границы."]),
        ((" МТ", "-Банк", " открыт"), "ru", ["МТ-Банк", "открыт"]),
        ((" at", " 8", " a", ".m."), "en", ["at", "8", "a.m."]),
        (("Первое", " слово", " "), "ru", ["Первое", "слово"]),
        (("你", "好"), "zh", ["你", "好"]),
        ((), "ru", []),
    ],
)
def test_a_piece_without_a_space_belongs_to_the_word_before(
    written: tuple[str, ...], language: str, expected: list[str]
) -> None:
    assert [word.text for word in whole_words(pieces(*written), language)] == expected


def test_a_joined_word_lasts_as_long_as_its_pieces_and_is_as_sure_as_the_least() -> None:
    (word,) = whole_words(pieces(" из", "-за"), "ru")
    assert (word.start_s, word.end_s, word.probability) == (0, 1.5, 0.8)


def test_a_server_that_strips_words_is_read_beside_its_text() -> None:
    words = [piece for _, piece in pieces("It", "is", "high", "-end", "a", ".m.", "lost", "end")]
    joined = whole_words(as_written(words, "It is high-end, a.m. the end"), "en")
    assert [word.text for word in joined] == ["It", "is", "high-end", "a.m.", "lost", "end"]
