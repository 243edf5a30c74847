"""Recordings made by code: every format that the asr step reads, with tones, noise or silence in them."""

import io
import struct
from collections.abc import Sequence
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]


def tone(seconds: float, hz: float = 440.0, rate_hz: int = 8000, level: float = 0.3) -> Samples:
    """A sine."""
    times = np.arange(int(seconds * rate_hz)) / rate_hz
    return (np.sin(2 * np.pi * hz * times) * level * 32767).astype(np.int16)


def silence(seconds: float, rate_hz: int = 8000) -> Samples:
    """Zeros."""
    return np.zeros(int(seconds * rate_hz), np.int16)


def noise(seconds: float, rate_hz: int = 8000, level: float = 0.1, seed: int = 1) -> Samples:
    """White noise."""
    values = np.random.default_rng(seed).normal(0, level, int(seconds * rate_hz))
    return (values.clip(-1, 1) * 32767).astype(np.int16)


def wav_bytes(code: int, data: bytes, *, tracks: int = 1, rate_hz: int = 8000, bits: int = 16, block: int = 0) -> bytes:
    """A RIFF file with this codec tag around this data."""
    block = block or tracks * bits // 8
    per_second = rate_hz * block if code != GSM else rate_hz * 65 // 320
    extra = struct.pack("<HH", 2, 320) if code == GSM else b""
    head = struct.pack("<HHIIHH", code, tracks, rate_hz, per_second, block, bits if code != GSM else 0) + extra
    body = b"WAVE" + b"fmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


PCM, ALAW, MULAW, GSM = 1, 6, 7, 0x31


def wav(tracks: Sequence[Samples], rate_hz: int = 8000) -> bytes:
    """16-bit PCM."""
    return wav_bytes(PCM, np.stack(tracks, axis=1).astype("<i2").tobytes(), tracks=len(tracks), rate_hz=rate_hz)


def wav_u8(tracks: Sequence[Samples], rate_hz: int = 8000) -> bytes:
    """8-bit PCM, unsigned as RIFF has it."""
    data = ((np.stack(tracks, axis=1) >> 8) + 128).astype(np.uint8).tobytes()
    return wav_bytes(PCM, data, tracks=len(tracks), rate_hz=rate_hz, bits=8)


def wav_s24(tracks: Sequence[Samples], rate_hz: int = 8000) -> bytes:
    """24-bit PCM."""
    wide = (np.stack(tracks, axis=1).astype("<i4") << 8).reshape(-1, 1).view(np.uint8).reshape(-1, 4)[:, :3]
    return wav_bytes(PCM, wide.tobytes(), tracks=len(tracks), rate_hz=rate_hz, bits=24)


def wav_gsm(seconds: float, seed: int = 1) -> bytes:
    """GSM 6.10 in RIFF: blocks of 65 bytes for 320 samples. The bits are random, so it decodes to noise."""
    blocks = int(seconds * 8000 / 320)
    return wav_bytes(GSM, np.random.default_rng(seed).bytes(blocks * 65), block=65)


# name → FFmpeg's muxer, encoder, the encoder's sample rate (0: keep) and sample format
ENCODED = {
    "wav_alaw": ("wav", "pcm_alaw", 0, "s16"),
    "wav_mulaw": ("wav", "pcm_mulaw", 0, "s16"),
    "mp3": ("mp3", "libmp3lame", 0, "s16p"),
    "opus": ("ogg", "libopus", 48000, "s16"),
    "flac": ("flac", "flac", 0, "s16"),
    "m4a": ("ipod", "aac", 0, "fltp"),
    "aac": ("adts", "aac", 0, "fltp"),
    "amr": ("amr", "libopencore_amrnb", 0, "s16"),
}


def encoded(name: str, tracks: Sequence[Samples], rate_hz: int = 8000) -> bytes:
    """The tracks in one of the formats of `ENCODED`."""
    muxer, codec, encoder_hz, sample_format = ENCODED[name]
    into = io.BytesIO()
    layout = "stereo" if len(tracks) == 2 else "mono"
    with av.open(into, "w", format=muxer) as container:
        stream: Any = container.add_stream(codec, rate=encoder_hz or rate_hz, layout=layout)
        if codec == "libopencore_amrnb":
            stream.bit_rate = 12_200
        interleaved = np.stack(tracks, axis=1).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(interleaved), format="s16", layout=layout)
        frame.sample_rate = rate_hz
        resampler = av.AudioResampler(
            sample_format, layout, encoder_hz or rate_hz, frame_size=stream.frame_size or None
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return into.getvalue()


def ogg_pages(body: bytes) -> list[bytes]:
    """The pages of an Ogg file."""
    return [b"OggS" + page for page in body.split(b"OggS")[1:]]


def read(body: bytes) -> list[Samples]:
    """The tracks of any file that FFmpeg reads, at their own rate."""
    container: Any
    with av.open(io.BytesIO(body)) as container:
        resampler = av.AudioResampler("s16p", container.streams.audio[0].layout, container.streams.audio[0].rate)
        pieces = [one.to_ndarray() for frame in container.decode(audio=0) for one in resampler.resample(frame)]
    return list(np.concatenate(pieces, axis=1))
