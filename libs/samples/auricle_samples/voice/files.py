"""Recordings as files: the containers and codecs that telephony systems write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream

from auricle_samples.voice.line import TELEPHONE_HZ, Samples, resampled


@dataclass(frozen=True, slots=True)
class Format:
    """A file suffix with its codec; `rate_hz` where the codec does not take 8 kHz."""

    suffix: str
    codec: str
    sample_format: str = "s16"
    rate_hz: int = TELEPHONE_HZ
    bit_rate: int | None = None


FORMATS = {
    "pcm": Format("wav", "pcm_s16le"),
    "alaw": Format("wav", "pcm_alaw"),
    "mulaw": Format("wav", "pcm_mulaw"),
    "mp3": Format("mp3", "libmp3lame", "s16p", bit_rate=32_000),
    "opus": Format("ogg", "libopus", rate_hz=48_000, bit_rate=32_000),
    "flac": Format("flac", "flac"),
    "aac": Format("m4a", "aac", "fltp", bit_rate=32_000),
}


def write(path: Path, tracks: Samples, form: Format) -> None:
    """Encode (tracks, samples) at 8 kHz; one or two tracks."""
    wanted = np.stack([resampled(track, TELEPHONE_HZ, form.rate_hz) for track in tracks])
    layout = "mono" if len(wanted) == 1 else "stereo"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(form.codec, rate=form.rate_hz)
        assert isinstance(stream, AudioStream)
        stream.codec_context.layout = layout
        stream.codec_context.format = form.sample_format
        if form.bit_rate:
            stream.codec_context.bit_rate = form.bit_rate
        frame = av.AudioFrame.from_ndarray(_interleaved(wanted), "s16", layout)
        frame.sample_rate = form.rate_hz
        resampler = av.AudioResampler(
            form.sample_format, layout, form.rate_hz, frame_size=stream.codec_context.frame_size or 1024
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None), None]:
            container.mux(stream.encode(piece))


def _interleaved(tracks: Samples) -> np.ndarray[tuple[int, int], np.dtype[np.int16]]:
    return np.round(np.clip(tracks, -1, 1).T.reshape(1, -1) * 32767).astype(np.int16)
