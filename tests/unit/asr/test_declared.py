"""A length counts only where the file itself states one, and only missing sound is a fault."""

from pathlib import Path

import pytest
from auricle_asr.recordings import ogg
from auricle_asr.recordings.declared import declared_ms, is_short, ogg_unfinished
from auricle_kit.audio.sniffing import AudioFormat
from hypothesis import given
from hypothesis import strategies as st
from unit.asr.audio_files import encoded, noise, ogg_pages, wav


def stated(audio_format: AudioFormat, body: bytes, folder: Path, ffmpeg_ms: int | None = 5000) -> int | None:
    source = folder / "recording"
    source.write_bytes(body)
    return declared_ms(audio_format, source, ffmpeg_ms)


def test_a_wav_states_its_data_chunk(tmp_path: Path) -> None:
    whole = wav([noise(2), noise(2)])
    assert stated(AudioFormat.WAV, whole, tmp_path) == 2000
    assert stated(AudioFormat.WAV, whole[:500], tmp_path) == 2000, "the header's word, whatever is left of the file"


def test_formats_without_a_length_state_none(tmp_path: Path) -> None:
    assert stated(AudioFormat.AMR, b"#!AMR\n", tmp_path) is None
    assert stated(AudioFormat.AAC, b"\xff\xf1", tmp_path) is None
    assert stated(AudioFormat.MP3, b"\xff\xfb\x90\x00", tmp_path) is None, "FFmpeg's guess from a bit rate"
    assert stated(AudioFormat.MP3, encoded("mp3", [noise(1)]), tmp_path, 1000) == 1000
    assert stated(AudioFormat.FLAC, b"fLaC", tmp_path) == 5000


def test_the_links_of_an_ogg_chain_are_summed(tmp_path: Path) -> None:
    chain = b"".join(encoded("opus", [noise(seconds)]) for seconds in (1, 2, 3))
    found = stated(AudioFormat.OGG, chain, tmp_path, 1000)
    assert found == pytest.approx(6000, abs=60)


def test_a_last_page_without_a_position_states_nothing(tmp_path: Path) -> None:
    """As a messenger writes it: -1."""
    pages = ogg_pages(encoded("opus", [noise(3)]))
    pages[-1] = pages[-1][:6] + b"\xff" * 8 + pages[-1][14:]
    found = stated(AudioFormat.OGG, b"".join(pages), tmp_path)
    assert found is not None
    assert 1900 < found <= 3000, "as far as the pages before it say"


@given(st.binary(max_size=200))
def test_no_ogg_breaks_it(rest: bytes) -> None:
    ogg.stated_ms(b"OggS" + rest)


def test_one_per_cent_is_missing() -> None:
    assert is_short(100_000, 98_900)
    assert not is_short(100_000, 99_100)
    assert not is_short(None, 5)
    assert not is_short(3_000, 2_870), "an encoder's padding on a short file"
    assert not is_short(3_000, 30_000), "more than was stated"


def test_a_cut_ogg_has_no_last_page() -> None:
    whole = encoded("opus", [noise(3)])
    assert not ogg_unfinished(whole[-65536:])
    assert ogg_unfinished(whole[: len(whole) // 2][-65536:])
    assert ogg_unfinished(b"")
