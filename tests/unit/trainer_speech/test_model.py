"""The committed weights: they load as a Whisper, hear most of a sample call, and their card says what was measured."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from auricle_trainer.speech.card import card_text
from auricle_trainer.speech.hearing import Listener
from auricle_trainer.speech.sample_calls import call_comparisons
from faster_whisper import BatchedInferencePipeline
from faster_whisper.audio import decode_audio

ROOT = Path(__file__).parents[3]
MODEL, CALLS, EVIDENCE = (
    ROOT / "models" / "speech",
    ROOT / "tests" / "data" / "calls",
    ROOT / "docs/evidence/speech.json",
)


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener(MODEL, workers=1, beam=1)


def test_it_is_a_small_multilingual_whisper(listener: Listener) -> None:
    assert listener.model.model.is_multilingual
    assert listener.model.hf_tokenizer.get_vocab_size() == 51_865
    assert sum(path.stat().st_size for path in MODEL.iterdir()) <= 25_000_000


def test_it_hears_sample_calls(listener: Listener) -> None:
    """A guard against a broken export on two calls, not a measurement: those are in docs/evidence/speech.json."""
    heard = [comparison for _, comparison in islice(call_comparisons(listener, CALLS, short_windows=True), 4)]
    assert sum(comparison.word_errors for comparison in heard) < 0.7 * sum(len(comparison.said) for comparison in heard)
    assert np.median([error for comparison in heard for error in comparison.start_errors_s()]) < 0.2


def test_batches_give_words_with_times(listener: Listener) -> None:
    track = decode_audio(str(CALLS / "02-ru-delivery.wav"), split_stereo=True)[0]
    segments, _ = BatchedInferencePipeline(listener.model).transcribe(
        track, language="ru", batch_size=4, beam_size=1, word_timestamps=True
    )
    words = [word for segment in segments for word in segment.words or ()]
    assert len(words) > 20
    assert all(0 <= word.start <= word.end <= 53 for word in words)


def test_the_card_says_what_was_measured() -> None:
    assert (MODEL / "README.md").read_text() == card_text(json.loads(EVIDENCE.read_text()))


def test_a_card_names_a_missed_goal() -> None:
    report = json.loads(EVIDENCE.read_text())
    report["test_set"]["word_error_rate"] = 0.5
    assert "Goals missed: word error rate" in card_text(report)
