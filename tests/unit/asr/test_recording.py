"""Levels: what the page draws, and what counts as silence."""

import numpy as np
from auricle_asr.recordings.recording import is_silent, peaks, waveform
from hypothesis import given
from hypothesis import strategies as st
from unit.asr.audio_files import noise, silence, tone


def test_peaks_follow_the_signal() -> None:
    track = np.concatenate([silence(1, 16000), tone(1, rate_hz=16000, level=0.5)])
    drawn = waveform([track])
    assert drawn["bucket_ms"] == 50
    assert drawn["tracks"] == [[0] * 20 + [50] * 20]


def test_the_lowest_sample_does_not_overflow() -> None:
    assert peaks(np.full(800, -32768, np.int16)).tolist() == [32768]


@given(st.integers(1, 3_000_000))
def test_any_length_gives_at_most_four_thousand_buckets(samples: int) -> None:
    assert 1 <= len(peaks(np.zeros(samples, np.int16))) <= 4001


def test_silence_is_told_from_sound() -> None:
    hiss = noise(10, 16000, level=0.0005)
    assert is_silent([silence(10, 16000), hiss])
    assert not is_silent([silence(10, 16000), tone(10, rate_hz=16000)])
    click = silence(10, 16000)
    click[500] = 30000
    assert is_silent([click])
