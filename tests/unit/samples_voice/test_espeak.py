"""The synthesiser's truth: words and phonemes at the times that espeak-ng reports."""

from __future__ import annotations

import pytest
from auricle_samples.voice.espeak import Espeak, EspeakMissing, Voice
from auricle_samples.voice.timed import uttered
from auricle_samples.voice.voices import HELD_OUT, TRAINING, held_out_voices

TEXT = "добрый день меня зовут анна чем могу помочь"


@pytest.fixture(scope="module")
def espeak() -> Espeak:
    try:
        return Espeak()
    except EspeakMissing as reason:
        pytest.skip(str(reason))


def test_every_word_has_its_time_in_order(espeak: Espeak) -> None:
    spoken = uttered(espeak, TEXT, Voice("f3"))
    assert [word.text for word in spoken.words] == TEXT.split()
    starts = [word.start_s for word in spoken.words]
    assert starts == sorted(starts)
    assert all(word.start_s < word.end_s for word in spoken.words)
    assert spoken.words[-1].end_s == pytest.approx(spoken.length_s, abs=0.01)


def test_a_word_is_where_its_sound_is(espeak: Espeak) -> None:
    """A sentence with a silence put in at the time of a word: the word before ends there, in sound too."""
    alone = uttered(espeak, "здравствуйте", Voice("m4"))
    together = uttered(espeak, "здравствуйте алло", Voice("m4"))
    assert together.words[1].start_s == pytest.approx(alone.length_s, abs=0.12)


def test_same_words_and_voice_have_the_same_times(espeak: Espeak) -> None:
    """espeak-ng's voice flutters, so the samples differ a little from one call to the next; the times do not."""
    first, second = (uttered(espeak, TEXT, Voice("f5", 160, 40, 60)) for _ in range(2))
    assert [word.start_s for word in first.words] == pytest.approx([word.start_s for word in second.words], abs=0.002)
    assert first.samples.size == pytest.approx(second.samples.size, abs=100)
    assert uttered(espeak, TEXT, Voice("m8", 120)).samples.size > first.samples.size + 1000


def test_two_instances_share_one_engine(espeak: Espeak) -> None:
    """Starting the library twice hung the second speaker for ever."""
    other = Espeak()
    assert uttered(other, TEXT, Voice("f3")).samples.size > 10_000
    assert uttered(espeak, TEXT, Voice("f3")).samples.size > 10_000


def test_an_unknown_voice_and_empty_text_are_errors(espeak: Espeak) -> None:
    with pytest.raises(ValueError, match="no voice"):
        espeak.say("да", Voice(language="xx-none"))
    with pytest.raises(ValueError, match="nothing was said"):
        uttered(espeak, "", Voice())


def test_held_out_voices_are_many_and_strange_to_training() -> None:
    voices = held_out_voices(26, 1)
    assert len(set(voices)) >= 20
    assert not {voice.variant for voice in voices} & set(TRAINING)
    assert not set(HELD_OUT) & set(TRAINING)
