"""Our mel picture is faster-whisper's, and eight bits of it are enough."""

from __future__ import annotations

import numpy as np
import pytest
from auricle_trainer.speech.mel import log_mel, normalised, packed, unpacked
from faster_whisper.feature_extractor import FeatureExtractor


@pytest.mark.parametrize("level", [0.001, 0.1, 0.9])
def test_it_is_what_faster_whisper_computes(level: float) -> None:
    rng = np.random.default_rng(0)
    samples = (level * rng.standard_normal(16_000 * 3) * np.linspace(0, 1, 48_000)).astype(np.float32)
    theirs = FeatureExtractor()(samples, padding=False).T
    ours = normalised(log_mel(samples))
    assert ours.shape == (300, 80)
    assert np.abs(ours - theirs[:300]).max() < 1e-3


def test_packing_loses_less_than_a_third_of_a_decibel() -> None:
    cells = log_mel(np.random.default_rng(1).standard_normal(16_000).astype(np.float32))
    assert np.abs(unpacked(*packed(cells)) - normalised(cells)).max() < 0.005
