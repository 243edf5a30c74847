"""Timed tokens become words: by letters with spaces between, by pieces that begin with one; ends stay before the next word."""

import pytest
from auricle_asr.speech.token_words import Token, mean_logprob, moved, words_of


def tokens(*pairs: tuple[str, float], logprob: float = 0.0) -> list[Token]:
    return [Token(text, start, logprob) for text, start in pairs]


def test_letters_with_spaces_between() -> None:
    found = words_of(tokens((" ", 0.0), ("д", 0.1), ("а", 0.2), (" ", 0.3), ("н", 1.0), ("е", 1.1), ("т", 1.3)), 2.0)
    assert [(word.text, word.start_s) for word in found] == [("да", 0.1), ("нет", 1.0)]
    assert found[0].end_s == pytest.approx(0.28)
    assert found[1].end_s == pytest.approx(1.38)


def test_pieces_that_begin_with_a_space_and_marks_that_do_not() -> None:
    found = words_of(
        tokens((" из", 0.0), ("-", 0.2), ("за", 0.3), (" МТ", 0.9), ("-", 1.0), ("Банк", 1.1), (",", 1.4)), 3.0
    )
    assert [word.text for word in found] == ["из-за", "МТ-Банк,"]


def test_a_word_of_one_piece_lasts_for_its_letters_but_not_into_the_next() -> None:
    found = words_of(tokens((" доставка", 1.0), (" завтра", 1.2)), 1.4)
    assert [(word.start_s, round(word.end_s, 2)) for word in found] == [(1.0, 1.2), (1.2, 1.4)]


def test_a_piece_that_ends_with_a_space_ends_its_word() -> None:
    assert [word.text for word in words_of(tokens(("да ", 0.0), ("нет", 0.5)), 1.0)] == ["да", "нет"]


def test_confidence_is_the_mean_of_its_tokens() -> None:
    (word,) = words_of([Token(" да", 0.0, 0.0), Token("же", 0.1, -0.693147)], 1.0)
    assert word.probability == pytest.approx(0.75, abs=1e-3)


def test_no_tokens_are_no_words() -> None:
    assert words_of([], 1.0) == ()
    assert mean_logprob([]) == 0.0
    assert words_of(tokens((" ", 0.1), ("  ", 0.2)), 1.0) == ()


def test_a_model_that_writes_late_is_moved_back_and_never_before_the_start() -> None:
    assert [token.start_s for token in moved(tokens((" да", 0.2), ("же", 0.5)), 0.33)] == [0.0, pytest.approx(0.17)]


def test_times_stay_inside_the_window() -> None:
    (word,) = words_of(tokens((" да", 5.0)), 1.0)
    assert (word.start_s, word.end_s) == (1.0, 1.0)
