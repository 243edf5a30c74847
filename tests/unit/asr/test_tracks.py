"""Two tracks: two sides, one sound twice, a leak, an echo, or nothing on one of them."""

import numpy as np
import pytest
from auricle_asr.recordings.recording import RATE_HZ, Samples
from auricle_asr.speech.windows import Clip
from auricle_asr.transcription.tracks import Relation, relate, without_echoes
from unit.asr.audio_files import noise, silence


def voice(seed: int, seconds: int = 40) -> Samples:
    """Bursts of coloured noise of 1 to 3 s with pauses: what matters here is only that two of them are not alike."""
    rng = np.random.default_rng(seed)
    sound = np.convolve(rng.normal(0, 3000, seconds * RATE_HZ), np.ones(8) / 8, "same")
    gate = np.repeat(rng.random(seconds) < 0.6, RATE_HZ)
    return (sound * gate).clip(-30000, 30000).astype(np.int16)


def scaled(track: Samples, factor: float) -> Samples:
    return (track * factor).astype(np.int16)


def turns(first: Samples, second: Samples) -> tuple[Samples, Samples]:
    """The two speak in turns of 5 s."""
    mine = np.arange(len(first)) // (5 * RATE_HZ) % 2 == 0
    return np.where(mine, first, 0).astype(np.int16), np.where(mine, 0, second).astype(np.int16)


A, B = turns(voice(1), voice(2))


def test_two_sides_are_separate() -> None:
    found = relate(A, B)
    assert found.relation is Relation.SEPARATE
    assert found.echoes == ((), ())


def test_two_sides_that_talk_at_once_are_separate() -> None:
    assert relate(voice(3), voice(4)).relation is Relation.SEPARATE


@pytest.mark.parametrize("gain", [1.0, 0.5, -0.8])
def test_one_sound_twice_is_mono(gain: float) -> None:
    both = (A + B).astype(np.int16)
    assert relate(both, scaled(both, gain)).relation is Relation.SAME


def test_one_sound_twice_with_a_delay_and_hiss_is_mono() -> None:
    both = (A + B).astype(np.int16)
    late = np.roll(both, 300) + noise(len(both) / RATE_HZ, RATE_HZ, level=0.003)
    assert relate(both, late.astype(np.int16)).relation is Relation.SAME


def test_a_loud_leak_is_mono() -> None:
    first, second = A + scaled(B, 0.4), B + scaled(A, 0.4)
    assert relate(first.astype(np.int16), second.astype(np.int16)).relation is Relation.SAME


def test_a_quiet_echo_is_masked_and_the_tracks_stay_separate() -> None:
    second = (B + scaled(A, 0.05)).astype(np.int16)
    found = relate(A, second)
    assert found.relation is Relation.SEPARATE
    assert not found.echoes[0]
    echoed = sum(echo.length for echo in found.echoes[1])
    assert echoed > 8 * RATE_HZ
    assert not any(np.any(B[echo.start : echo.end]) for echo in found.echoes[1]), (
        "what is masked holds no speech of its own"
    )


def test_an_empty_track_leaves_one() -> None:
    found = relate(silence(40, RATE_HZ), A)
    assert (found.relation, found.kept) == (Relation.ONE, (1,))


def test_two_empty_tracks_are_no_reason_to_choose() -> None:
    assert relate(silence(5, RATE_HZ), silence(5, RATE_HZ)).relation is Relation.SEPARATE


def test_clips_that_are_mostly_echo_are_dropped() -> None:
    echoes = (Clip(100, 200),)
    assert without_echoes([Clip(90, 150), Clip(250, 400)], echoes) == (Clip(250, 400),)


def test_an_echo_is_cut_out_of_a_clip_that_holds_own_speech_too() -> None:
    """The other side's last words and the answer to them are one stretch of speech: a pause of 0.4 s would part them."""
    second = RATE_HZ
    clips = [Clip(0, 6 * second), Clip(7 * second, 9 * second)]
    echoes = (Clip(second, 2 * second), Clip(5 * second, 6 * second - 100))
    left = without_echoes(clips, echoes)
    assert left == (Clip(0, second), Clip(2 * second, 5 * second), Clip(7 * second, 9 * second)), (
        "no crumb of 100 samples"
    )


def test_what_is_cut_from_a_leaking_line_is_the_other_side_alone() -> None:
    leaking = (B + scaled(A, 0.08)).astype(np.int16)
    everything = [Clip(0, len(leaking))]
    left = without_echoes(everything, relate(A, leaking).echoes[1])
    kept = np.zeros(len(leaking), bool)
    for clip in left:
        kept[clip.start : clip.end] = True
    own, echo = np.abs(B) > 300, (np.abs(A) > 300) & (np.abs(B) <= 300)
    assert np.mean(kept[own]) > 0.99
    assert np.mean(kept[echo]) < 0.15
