"""Packing speech into windows and finding its words again: nothing is lost, nothing is longer than a window."""

from itertools import pairwise

import numpy as np
from auricle_asr.recordings.recording import RATE_HZ
from auricle_asr.speech.engine import RecognisedWord
from auricle_asr.speech.windows import Clip, Window, pack, packing, sound_of, split, words_on_track
from hypothesis import given
from hypothesis import strategies as st

LONGEST = 30 * RATE_HZ


@st.composite
def clips(draw: st.DrawFn) -> list[Clip]:
    """Stretches of speech of up to a minute with pauses between them."""
    steps = draw(st.lists(st.tuples(st.integers(0, 200_000), st.integers(1, 60 * RATE_HZ)), max_size=40))
    found, at = [], 0
    for pause, length in steps:
        found.append(Clip(at + pause, at + pause + length))
        at = found[-1].end
    return found


@given(clips())
def test_every_sample_of_speech_is_in_exactly_one_window(speech: list[Clip]) -> None:
    windows = pack(0, speech, LONGEST)
    packed = sorted((clip.start, clip.end) for window in windows for clip in window.clips)
    assert sum(end - start for start, end in packed) == sum(clip.length for clip in speech)
    assert all(before[1] <= after[0] for before, after in pairwise(packed))
    assert all(window.length <= LONGEST for window in windows)
    assert all(list(window.clips) == sorted(window.clips, key=lambda clip: clip.start) for window in windows)


def test_ordinary_speech_fills_the_windows() -> None:
    """Clips of 1 to 12 s, as a VAD finds them in calls: at least 0.85 of the fewest possible windows."""
    for seed in range(20):
        lengths = np.random.default_rng(seed).uniform(1, 12, 80) * RATE_HZ
        starts = np.cumsum(lengths * 2).astype(int)
        speech = [Clip(int(start), int(start + length)) for start, length in zip(starts, lengths, strict=True)]
        assert packing(pack(0, speech, LONGEST), LONGEST) >= 0.85


def test_a_window_per_clip_is_badly_packed() -> None:
    """What packing() measures can fail: one window for each of ten short clips."""
    alone = [Window(0, (Clip(n * LONGEST, n * LONGEST + RATE_HZ),)) for n in range(10)]
    assert packing(alone, LONGEST) == 0.1


def test_a_clip_longer_than_a_window_is_cut_into_equal_parts() -> None:
    assert split([Clip(0, 100)], 30) == [Clip(0, 25), Clip(25, 50), Clip(50, 75), Clip(75, 100)]


def test_words_find_their_place_on_the_track() -> None:
    window = Window(1, (Clip(RATE_HZ, 3 * RATE_HZ), Clip(60 * RATE_HZ, 61 * RATE_HZ)))
    words = words_on_track(
        window,
        [RecognisedWord("a", 0.5, 1.0, 0.9), RecognisedWord("b", 2.1, 2.4, 1.2), RecognisedWord("c", 2.9, 3.5, 0.1)],
    )
    assert [(word.start_ms, word.end_ms) for word in words] == [(1500, 2000), (60100, 60400), (60900, 61000)]
    assert words[1].confidence == 1.0, "an engine's rounding is not an error"


def test_a_word_over_a_seam_stays_inside_the_clip_of_its_middle() -> None:
    window = Window(0, (Clip(0, RATE_HZ), Clip(10 * RATE_HZ, 12 * RATE_HZ)))
    (word,) = words_on_track(window, [RecognisedWord("w", 0.8, 1.6, 0.5)])
    assert (word.start_ms, word.end_ms) == (10000, 10600)


@given(clips().filter(bool), st.floats(0, 40), st.floats(0, 5))
def test_no_word_leaves_the_speech(speech: list[Clip], start: float, length: float) -> None:
    window = pack(0, speech, LONGEST)[0]
    (word,) = words_on_track(window, [RecognisedWord("w", start, start + length, 0.5)])
    assert any(clip.start // 16 <= word.start_ms <= word.end_ms <= clip.end // 16 for clip in window.clips)


def test_the_sound_is_the_clips_end_to_end() -> None:
    track = np.arange(100, dtype=np.int16)
    sound = sound_of(Window(0, (Clip(10, 12), Clip(50, 51))), track)
    assert (sound * 32768).tolist() == [10.0, 11.0, 50.0]
