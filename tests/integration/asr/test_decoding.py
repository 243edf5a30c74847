"""The decoding child, run for real: every format, every kind of damage, and files that want more than they may have."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from auricle_asr.errors import (
    AudioBroken,
    AudioEmpty,
    AudioTooLong,
    DecoderLimit,
    NotAudio,
    RecordingRefused,
    TooManyTracks,
)
from auricle_asr.recordings.decoder_pool import DecoderPool
from auricle_asr.recordings.decoding import DAMAGED, DURATION_MISMATCH, DecoderLimits, decode
from auricle_asr.recordings.order import Order
from auricle_asr.recordings.recording import DecodedRecording
from unit.asr.audio_files import ENCODED, encoded, noise, silence, tone, wav, wav_bytes, wav_gsm, wav_s24, wav_u8

PLAIN: dict[str, Callable[[], bytes]] = {
    "s16": lambda: wav([tone(3), tone(3, hz=880)]),
    "u8": lambda: wav_u8([tone(3), tone(3, hz=880)]),
    "s24": lambda: wav_s24([tone(3), tone(3, hz=880)]),
}


async def decoded(body: bytes, folder: Path, **limits: float) -> DecodedRecording:
    source = folder / "recording"
    source.write_bytes(body)
    async with DecoderPool() as decoders:
        return await decode(source, folder, DecoderLimits(**limits), decoders)  # type: ignore[arg-type]


def strongest_hz(samples: np.ndarray) -> float:
    middle = np.asarray(samples[16000:32000], np.float64)
    return float(np.argmax(np.abs(np.fft.rfft(middle))))


@pytest.mark.parametrize("name", [*PLAIN, *sorted(set(ENCODED) - {"amr"})])
async def test_two_tracks_stay_two_tracks(name: str, tmp_path: Path) -> None:
    body = PLAIN[name]() if name in PLAIN else encoded(name, [tone(3), tone(3, hz=880)])
    found = await decoded(body, tmp_path)
    assert [round(strongest_hz(track), -1) for track in found.tracks] == [440, 880]
    assert abs(found.duration_ms - 3000) < 300
    assert found.flags == ()


@pytest.mark.parametrize(("rate_hz", "name"), [(8000, "amr"), (48000, "flac"), (44100, "mp3"), (11025, "wav_mulaw")])
async def test_mono_at_any_rate_becomes_16_khz(rate_hz: int, name: str, tmp_path: Path) -> None:
    found = await decoded(encoded(name, [tone(3, rate_hz=rate_hz)], rate_hz), tmp_path)
    assert len(found.tracks) == 1
    assert found.source_rate_hz == rate_hz
    assert round(strongest_hz(found.tracks[0]), -1) == 440


async def test_gsm_in_a_wav(tmp_path: Path) -> None:
    found = await decoded(wav_gsm(4), tmp_path)
    assert (found.codec, found.duration_ms, found.flags) == ("gsm_ms", 4000, ())


@pytest.mark.parametrize("name", ["s16", "wav_alaw", "mp3", "flac", "opus", "aac", "amr"])
async def test_half_a_file_is_used_and_flagged(name: str, tmp_path: Path) -> None:
    body = wav([noise(20)]) if name == "s16" else encoded(name, [noise(20)])
    found = await decoded(body[: len(body) // 2], tmp_path)
    assert 8900 < found.duration_ms < 11000
    assert set(found.flags) & {DURATION_MISMATCH, DAMAGED}


async def test_damage_in_the_middle_of_an_mp3_costs_only_itself(tmp_path: Path) -> None:
    """faster-whisper's own decoder gave 99.9 of 300 s for such a file, without a word."""
    body = bytearray(encoded("mp3", [noise(60)]))
    third = len(body) // 3
    body[third : third + 3000] = np.random.default_rng(5).bytes(3000)
    found = await decoded(bytes(body), tmp_path)
    assert found.duration_ms > 55_000
    assert DURATION_MISMATCH in found.flags


def with_size(body: bytes, size: int) -> bytes:
    """The same WAV, its `data` chunk said to have another size."""
    return body[:40] + struct.pack("<I", size) + body[44:]


@pytest.mark.parametrize("size", [0, 0x7FFFF000, 0x80000000, 0xFFFFFFDB, 4000])
async def test_a_wav_is_heard_to_its_end_whatever_its_size_says(size: int, tmp_path: Path) -> None:
    found = await decoded(with_size(wav([tone(4)]), size), tmp_path)
    assert (found.duration_ms, found.declared_ms, found.flags) == (4000, None, ())
    assert round(strongest_hz(found.tracks[0][-32000:]), -1) == 440


async def test_tags_behind_the_sound_are_not_heard(tmp_path: Path) -> None:
    tags = b"LIST" + struct.pack("<I", 8000) + bytes(range(250)) * 32
    found = await decoded(wav([tone(4)]) + tags, tmp_path)
    assert (found.duration_ms, found.declared_ms, found.flags) == (4000, 4000, ())


async def test_wrong_bytes_per_second_are_no_mismatch(tmp_path: Path) -> None:
    body = wav([tone(4)])
    found = await decoded(body[:28] + struct.pack("<I", 8000) + body[32:], tmp_path)
    assert (found.duration_ms, found.declared_ms, found.flags) == (4000, 4000, ())


async def test_an_ogg_chain_is_one_recording(tmp_path: Path) -> None:
    found = await decoded(encoded("opus", [tone(2)]) + encoded("opus", [tone(3)]), tmp_path)
    assert abs(found.duration_ms - 5000) < 100
    assert found.declared_ms == pytest.approx(5000, abs=60)
    assert found.flags == ()


SIX_TRACKS = wav_bytes(1, bytes(9600), tracks=6)
WRONG_RATE = wav_bytes(1, bytes(9600), rate_hz=1)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", AudioEmpty),
        (wav([silence(0)]), AudioEmpty),
        (b"PK\x03\x04" + bytes(500), NotAudio),
        (b"#EXTM3U\nhttp://127.0.0.1/x", NotAudio),
        (b"RIFFxxxxWAVE", AudioBroken),
        (b"fLaC" + bytes(200), AudioBroken),
        (b"OggS" + bytes(200), AudioBroken),
        (b"\x00\x00\x00\x18ftypM4A " + bytes(300), AudioBroken),
        (SIX_TRACKS, TooManyTracks),
        (WRONG_RATE, AudioBroken),
    ],
)
async def test_what_cannot_be_heard_ends_in_a_clear_error(
    body: bytes, error: type[RecordingRefused], tmp_path: Path
) -> None:
    with pytest.raises(error):
        await decoded(body, tmp_path)


async def test_more_audio_than_allowed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioTooLong):
        await decoded(encoded("flac", [silence(90)]), tmp_path, max_audio_seconds=60)
    assert (tmp_path / "0.s16").stat().st_size < 62 * 32000, "it stopped there"


@pytest.fixture(scope="module")
def hour_of_silence() -> bytes:
    """A fifth of a megabyte that becomes 115."""
    return encoded("flac", [silence(3600)])


async def test_silence_that_expands_351_fold_fits_into_the_memory(hour_of_silence: bytes, tmp_path: Path) -> None:
    found = await decoded(hour_of_silence, tmp_path)
    assert found.duration_ms == 3_600_000


async def test_a_bomb_meets_the_memory_limit(tmp_path: Path) -> None:
    with pytest.raises((DecoderLimit, AudioBroken)):
        await decoded(encoded("flac", [noise(5)]), tmp_path, memory_mib=90)


async def test_slow_decoding_meets_the_clock(tmp_path: Path) -> None:
    with pytest.raises(DecoderLimit, match="longer than"):
        await decoded(encoded("opus", [noise(30)]), tmp_path, wall_seconds=0.05)


async def test_cpu_is_limited(hour_of_silence: bytes, tmp_path: Path) -> None:
    with pytest.raises(DecoderLimit, match="CPU"):
        await decoded(hour_of_silence, tmp_path, cpu_seconds=1)


def hls_in(folder: Path, name: str) -> Path:
    """A playlist that names another local file; FFmpeg opens it when the name ends in .m3u8."""
    (folder / "secret.aac").write_bytes(encoded("aac", [tone(2)]))
    playlist = folder / name
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{folder}/secret.aac\n#EXT-X-ENDLIST\n")
    return playlist


@pytest.mark.parametrize("name", ["list.m3u8", "list.wav", "recording"])
async def test_a_playlist_opens_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(NotAudio):
        await decode(hls_in(tmp_path, name), tmp_path, DecoderLimits(), DecoderPool())


async def test_even_a_demuxer_that_follows_references_cannot_open_a_file(tmp_path: Path) -> None:
    """Past the sniffing on purpose: the child itself is told that a playlist is one."""
    source = str(hls_in(tmp_path, "list.m3u8"))
    order = Order(source, "hls", str(tmp_path), max_seconds=60.0, memory_bytes=256 << 20, cpu_seconds=10)
    async with DecoderPool() as decoders:
        facts = await decoders.run(order, wall_seconds=60)
    assert facts.refused == "audio_broken"
    assert facts.samples == 0


def test_the_trick_works_on_an_open_door(tmp_path: Path) -> None:
    """The attack of the test above is real: without our precautions PyAV plays the other file."""
    import av

    with av.open(str(hls_in(tmp_path, "list.m3u8"))) as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) > 0


def mp4_with_outside_data(secret: Path) -> bytes:
    """An M4A whose data reference names another file instead of itself."""
    body = bytearray(encoded("m4a", [tone(1)]))
    at = body.find(b"url ")
    assert at > 0
    struct.pack_into(">I", body, at + 4, 0)
    return bytes(body) + str(secret).encode()


async def test_an_mp4_that_points_outside_reads_nothing_there(tmp_path: Path) -> None:
    (tmp_path / "secret.wav").write_bytes(wav([tone(2)]))
    try:
        found = await decoded(mp4_with_outside_data(tmp_path / "secret.wav"), tmp_path)
    except RecordingRefused:
        return
    assert found.duration_ms < 1500
