"""Words, code points and milliseconds of one turn agree; spellings of one word fold to one form."""

import pytest
from auricle_contracts import Role, Span, Turn, Word
from auricle_contracts.alignment import times_of, word_spans, words_within
from auricle_contracts.folding import fold_word

TURN = Turn(
    id=1, participant="a", role=Role.AGENT, text="Да, да: сто рублей.", start_ms=0, end_ms=9000,
    words=tuple(
        Word(text=text, start_ms=number * 1000, end_ms=number * 1000 + 500, confidence=0.9)
        for number, text in enumerate(("Да", "да", "э-э", "сто", "рублей"))
    ),
)  # fmt: skip


def test_each_word_has_its_place_and_one_that_is_not_there_takes_no_room() -> None:
    spans = word_spans(TURN)
    assert [TURN.text[start:end] for start, end in spans] == ["Да", "да", "", "сто", "рублей"]
    assert spans == sorted(spans)


def test_a_span_has_the_words_that_it_touches_and_their_times() -> None:
    start = TURN.text.index("сто")
    span = Span(start=start, end=len(TURN.text))
    assert [word.text for word in words_within(TURN, span)] == ["сто", "рублей"]
    assert times_of(TURN, span) == (3000, 4500)


def test_without_word_times_a_span_has_those_of_its_turn() -> None:
    assert times_of(TURN.model_copy(update={"words": ()}), Span(start=0, end=2)) == (0, 9000)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ещё", "еще"), ("за\u0301мок", "замок"), ("мои\u0306", "мой"), ("don’t", "Don't"),
        ("кто\u2011то", "кто-то"), ("руб\u00adлей", "рублей"), ("сто\u200b", "сто"),
    ],
)  # fmt: skip
def test_two_spellings_of_a_word_fold_to_one(one: str, other: str) -> None:
    assert fold_word(one) == fold_word(other)


def test_short_i_is_no_stressed_vowel() -> None:
    assert fold_word("мой") != fold_word("мои")
