"""What a recording is comes from its bytes alone."""

import pytest
from auricle_kit.audio.sniffing import AudioFormat, id3_bytes, sniff
from hypothesis import given
from hypothesis import strategies as st
from unit.asr.audio_files import ENCODED, encoded, noise, wav

EXPECTED = {
    "wav_alaw": "wav",
    "wav_mulaw": "wav",
    "mp3": "mp3",
    "opus": "ogg",
    "flac": "flac",
    "m4a": "mov",
    "aac": "aac",
}


@pytest.mark.parametrize("name", ENCODED)
def test_each_format_is_known(name: str) -> None:
    assert sniff(encoded(name, [noise(0.5)])) == EXPECTED.get(name, name)


def test_wav_is_known() -> None:
    assert sniff(wav([noise(0.1)])) is AudioFormat.WAV


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"RIFF\x00\x00\x00\x00AVI LIST",
        b"#EXTM3U\n#EXTINF:5,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"PK\x03\x04wave",
        b"\x1f\x8b\x08",
        b"<!doctype html>",
        b"%PDF-1.7",
        b"\x1aE\xdf\xa3webm",
        b"\xff\xfe<\x00h\x00",
        b"[playlist]\nFile1=file:///etc/passwd",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n",
    ],
)
def test_everything_else_is_refused(head: bytes) -> None:
    assert sniff(head) is None


def test_an_id3_tag_is_stepped_over() -> None:
    tag = b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128)
    assert id3_bytes(tag) == 138
    assert sniff(tag + encoded("aac", [noise(0.5)])) is AudioFormat.AAC
    assert sniff(tag + b"fLaC") is AudioFormat.FLAC


def test_a_tag_longer_than_the_head_is_taken_for_mp3() -> None:
    tag = b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + bytes(1000)
    assert sniff(tag) is AudioFormat.MP3


@given(st.binary(max_size=200))
def test_no_bytes_break_it(head: bytes) -> None:
    assert sniff(head) in (None, *AudioFormat)
