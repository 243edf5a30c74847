"""A length counts only where the file itself states one."""

import struct

from auricle_asr.recordings.declared import declared_ms, mismatched, ogg_unfinished, riff_ms
from auricle_asr.recordings.sniffing import AudioFormat
from hypothesis import given
from hypothesis import strategies as st
from unit.asr.audio_files import encoded, noise, wav


def test_a_wav_states_its_data_chunk() -> None:
    whole = wav([noise(2), noise(2)])
    assert riff_ms(whole) == 2000
    assert riff_ms(whole[:500]) == 2000, "the header's word, whatever is left of the file"


def test_a_placeholder_is_not_a_length() -> None:
    streamed = bytearray(wav([noise(1)]))
    struct.pack_into("<I", streamed, 40, 0xFFFFFFFF)
    assert riff_ms(bytes(streamed)) is None


def test_formats_without_a_length_state_none() -> None:
    assert declared_ms(AudioFormat.AMR, b"#!AMR\n", 5000) is None
    assert declared_ms(AudioFormat.AAC, b"", 5000) is None
    assert declared_ms(AudioFormat.MP3, b"\xff\xfb\x90\x00", 5000) is None, "FFmpeg's guess from a bit rate"
    assert declared_ms(AudioFormat.MP3, encoded("mp3", [noise(1)]), 1000) == 1000
    assert declared_ms(AudioFormat.FLAC, b"", 5000) == 5000


def test_one_per_cent_apart_is_a_mismatch() -> None:
    assert mismatched(100_000, 98_900)
    assert not mismatched(100_000, 99_100)
    assert not mismatched(None, 5)
    assert not mismatched(3_000, 3_130), "an encoder's padding on a short file"


def test_a_cut_ogg_has_no_last_page() -> None:
    whole = encoded("opus", [noise(3)])
    assert not ogg_unfinished(whole[-65536:])
    assert ogg_unfinished(whole[: len(whole) // 2][-65536:])
    assert ogg_unfinished(b"")


@given(st.binary(max_size=100))
def test_no_header_breaks_it(rest: bytes) -> None:
    riff_ms(b"RIFF\x00\x00\x00\x00WAVE" + rest)
