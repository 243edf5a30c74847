"""Telephone lines: what passes, what is lost, and the eight-bit laws against FFmpeg's own codecs."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from auricle_samples.voice.files import FORMATS, write
from auricle_samples.voice.line import TELEPHONE_HZ, Line, companded, resampled, through_line


def tone(hertz: float, seconds: float = 1.0, level: float = 0.5) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    time = np.arange(int(TELEPHONE_HZ * seconds)) / TELEPHONE_HZ
    return (level * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def test_the_band_is_limited() -> None:
    rng = np.random.default_rng(0)
    line = Line(snr_db=80, law="")
    mixed = through_line(tone(1000) + tone(60), line, rng)
    spectrum = np.abs(np.fft.rfft(mixed))
    assert spectrum[1000] > 30 * spectrum[60]


@pytest.mark.parametrize("law", ["a", "mu"])
def test_companding_is_near_and_has_few_levels(law: str) -> None:
    samples = tone(440)
    back = companded(samples, law)
    assert len(np.unique(back)) <= 256
    assert np.abs(back - samples).max() < 0.03
    assert not np.array_equal(back, samples)


def test_noise_is_as_loud_as_asked() -> None:
    speech = tone(1000)
    quiet, loud = (through_line(speech, Line(snr_db=db, law=""), np.random.default_rng(1)) for db in (60, 5))
    wanted = through_line(speech, Line(snr_db=200, law=""), np.random.default_rng(1))
    assert np.std(quiet - wanted) < 0.01 < np.std(loud - wanted)


def test_clipping_and_silence_stay_in_range() -> None:
    clipped = through_line(tone(500, level=1.0), Line(clip=0.5, gain_db=0, law=""), np.random.default_rng(2))
    assert np.abs(clipped).max() <= 0.46
    assert np.isfinite(through_line(np.zeros(8000, np.float32), Line(), np.random.default_rng(3))).all()


def test_resampling_keeps_length_and_pitch() -> None:
    up = resampled(tone(1000), TELEPHONE_HZ, 16_000)
    assert up.size == 16_000
    assert int(np.abs(np.fft.rfft(up)).argmax()) == 1000


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("tracks", [1, 2])
def test_every_format_can_be_read_back(name: str, tracks: int, tmp_path: Path) -> None:
    path = tmp_path / f"call.{FORMATS[name].suffix}"
    sound = np.stack([tone(500, 2.0), tone(900, 2.0)])[:tracks]
    write(path, sound, FORMATS[name])
    with av.open(io.BytesIO(path.read_bytes()), mode="r") as container:
        frames = list(container.decode(audio=0))
        stream = container.streams.audio[0]
    assert stream.channels == tracks
    assert sum(frame.samples for frame in frames) / stream.rate == pytest.approx(2.0, abs=0.25)
