"""The parent's side of decoding: sniff, run the child under limits, and turn whatever came of it into tracks or a clear error."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from auricle_kit.audio.sniffing import HEAD_BYTES, AudioFormat, id3_bytes, sniff

from auricle_asr.errors import REFUSALS, AudioEmpty, NotAudio
from auricle_asr.recordings import declared
from auricle_asr.recordings.decoder_pool import DecoderPool
from auricle_asr.recordings.order import Facts, Order
from auricle_asr.recordings.recording import SAMPLES_PER_MS, DecodedRecording, Samples

MIB = 1024 * 1024
DURATION_MISMATCH, DAMAGED = "duration_mismatch", "damaged"
LOST_BYTES_SHARE, LOST_BYTES_FLOOR = 0.01, 1024
STREAM_FORMATS = (
    AudioFormat.MP3,
    AudioFormat.AAC,
    AudioFormat.AMR,
)  # nothing but packets: bytes outside them are damage


@dataclass(frozen=True)
class DecoderLimits:
    """What one recording may take. `memory_mib` is address space: the resident part stays well below."""

    max_audio_seconds: float = 4 * 3600.0
    memory_mib: int = 256
    cpu_seconds: int = 120
    wall_seconds: float = 300.0


async def decode(source: Path, into: Path, limits: DecoderLimits, decoders: DecoderPool) -> DecodedRecording:
    """Decode a file of unknown origin into `into` (an existing, empty folder). Raises a RecordingRefused."""
    head, tail = await asyncio.to_thread(_ends, source)
    if not head:
        raise AudioEmpty("the recording has zero bytes")
    audio_format = sniff(head)
    if audio_format is None:
        raise NotAudio(
            "its first bytes are of no audio format that is supported",
            action="Send wav, mp3, ogg, flac, m4a, aac or amr.",
        )
    facts = await decoders.run(order_for(source, into, audio_format, limits), limits.wall_seconds)
    if facts.refused:
        raise REFUSALS[facts.refused](f"the recording was refused: {facts.why}")
    stated_ms = await asyncio.to_thread(declared.declared_ms, audio_format, source, facts.declared_ms)
    return DecodedRecording(
        tracks=tuple(_track(into, number) for number in range(facts.tracks)),
        codec=facts.codec,
        source_rate_hz=facts.sample_rate_hz,
        declared_ms=stated_ms,
        flags=tuple(_flags(audio_format, facts, stated_ms, head, tail)),
    )


def _ends(source: Path) -> tuple[bytes, bytes]:
    with source.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(-min(HEAD_BYTES, source.stat().st_size), os.SEEK_END)
        return head, file.read(HEAD_BYTES)


def order_for(source: Path, into: Path, audio_format: AudioFormat, limits: DecoderLimits) -> Order:
    """The limits in the child's own units, and absolute paths."""
    return Order(
        source=str(source.resolve()),
        format=audio_format,
        into=str(into.resolve()),
        max_seconds=limits.max_audio_seconds,
        memory_bytes=limits.memory_mib * MIB,
        cpu_seconds=limits.cpu_seconds,
    )


def _track(into: Path, number: int) -> Samples:
    return np.memmap(into / f"{number}.s16", dtype="<i2", mode="r")


def _flags(audio_format: AudioFormat, facts: Facts, stated_ms: int | None, head: bytes, tail: bytes) -> Iterator[str]:
    if declared.is_short(stated_ms, facts.samples // SAMPLES_PER_MS):
        yield DURATION_MISMATCH
    lost_bytes = facts.lost_bytes - id3_bytes(head) if audio_format in STREAM_FORMATS else 0
    unfinished = audio_format is AudioFormat.OGG and declared.ogg_unfinished(tail)
    if facts.broken_packets or lost_bytes > max(LOST_BYTES_FLOOR, LOST_BYTES_SHARE * facts.size_bytes) or unfinished:
        yield DAMAGED
