"""Windows of speech: labels where the sound is, words inside, shards that read back."""

from __future__ import annotations

from itertools import repeat
from pathlib import Path

import numpy as np
import pytest
from auricle_samples.voice.espeak import Espeak, Voice
from auricle_trainer.speech.shards import Item, item_of, read_shard, write_shard
from auricle_trainer.speech.windows import Window, window


@pytest.fixture
def spoken(espeak: Espeak) -> Window:
    return window(espeak, repeat("добрый день"), Voice("f3"), np.random.default_rng(1), 6.0, 3)


def test_silence_has_no_label_and_speech_has(spoken: Window) -> None:
    labels = item_of(spoken, {"d": 2}).labels
    word = spoken.segments[0].words[0]
    assert not labels[: int(word.start_s / 0.02) - 1].any()
    assert labels[int(word.start_s / 0.02) + 1 : int(word.end_s / 0.02) - 1].all()
    assert 2 in labels


def test_words_are_inside_and_in_order(spoken: Window) -> None:
    times = [moment for segment in spoken.segments for word in segment.words for moment in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert times[-1] <= spoken.samples.size / 16_000
    assert np.abs(spoken.samples).max() <= 1.1


def test_a_shard_reads_back(spoken: Window, tmp_path: Path) -> None:
    items = [item_of(spoken, {}), Item(np.ones((4, 80), np.uint8), 1.0, np.zeros(2, np.uint8), [])]
    write_shard(tmp_path / "x.json", items)
    for written, read in zip(items, read_shard(tmp_path / "x.json"), strict=True):
        assert np.array_equal(written.mel, read.mel)
        assert np.array_equal(written.labels, read.labels)
        assert read.top == pytest.approx(written.top, rel=1e-6)
        assert len(read.segments) == len(written.segments)
