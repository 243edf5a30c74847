"""Speech without a word is found, and a word is not found twice."""

from typing import Any

from auricle_asr.recordings.recording import RATE_HZ
from auricle_asr.speech.coverage import _gaps, new_words, seconds, uncovered
from auricle_asr.speech.windows import Clip
from auricle_contracts import Word

SPEECH = [Clip(0, 10 * RATE_HZ), Clip(20 * RATE_HZ, 24 * RATE_HZ)]


def words(text: str, start_ms: int, *, every_ms: int = 500, long_ms: int = 400) -> list[Word]:
    return [
        Word(text=one, start_ms=start_ms + at * every_ms, end_ms=start_ms + at * every_ms + long_ms, confidence=0.9)
        for at, one in enumerate(text.split())
    ]


def test_covered_speech_has_no_gap() -> None:
    assert uncovered(SPEECH, [*words("а " * 20, 0), *words("б " * 8, 20_000)]) == []


def test_speech_behind_the_last_word_is_a_gap() -> None:
    (gap,) = uncovered(SPEECH[:1], words("а б в г", 0))
    assert (gap.start / RATE_HZ, gap.end / RATE_HZ) == (2.25, 10)


def test_a_word_stretched_over_a_gap_does_not_hide_it() -> None:
    (gap,) = uncovered(SPEECH[:1], words("да", 0, long_ms=10_000))
    assert gap.start / RATE_HZ < 1.2


def test_a_short_stretch_counts_where_all_of_it_is_without_a_word() -> None:
    short = Clip(20 * RATE_HZ, 21 * RATE_HZ + RATE_HZ // 2)
    assert uncovered([short], []) == [short]
    assert uncovered([short], words("да", 20_000)) == []


def test_a_pause_between_stretches_is_no_gap() -> None:
    assert seconds(uncovered(SPEECH, [])) == 14
    assert uncovered([], words("а", 0)) == []


def test_words_in_the_gap_are_new_and_those_of_its_neighbours_are_not() -> None:
    gap = Clip(3 * RATE_HZ, 6 * RATE_HZ)
    said = [*words("как ваша фамилия", 1_000), *words("спасибо вам большое", 7_000)]
    found = [*words("большое", 100), *words("ваша фамилия Петров да спасибо вам", 3_100)]
    assert [word.text for word in new_words(gap, found, said)] == ["Петров", "да"]


def test_one_word_said_again_within_a_longer_text_stands() -> None:
    gap = Clip(3 * RATE_HZ, 6 * RATE_HZ)
    assert len(new_words(gap, words("да конечно", 3_100), words("ну да", 1_000))) == 2
    assert new_words(gap, words("да", 3_100), words("ну да", 1_000)) == []


class Counting(list[tuple[int, int]]):
    """A list that knows how often it was looked at."""

    looks = 0

    def __getitem__(self, at: Any) -> Any:
        self.looks += 1
        return super().__getitem__(at)


def test_a_stretch_is_compared_with_the_words_around_it_only() -> None:
    """A call of four hours has 20,000 words a side and thousands of stretches."""
    spans = Counting((at * RATE_HZ, at * RATE_HZ + RATE_HZ // 2) for at in range(20_000))
    clip = Clip(15_000 * RATE_HZ, 15_010 * RATE_HZ)
    assert list(_gaps(clip, spans)) == []
    assert spans.looks < 40
