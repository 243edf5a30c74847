"""What tests of scripts share: synthesisers of tones, runs of words, and whether a voice can read a turn."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from auricle_samples.voice import scripted
from auricle_samples.voice.festival import RATE_HZ, RUSSIAN, Speaker
from auricle_samples.voice.scripted import Script
from auricle_samples.voice.timed import TimedWord, Utterance

PHRASE_WORDS = 4
CHARS_A_SECOND = {True: 12.0, False: 18.0}  # Russian, English: as festival read tests/data/spoken
_SPOKEN_FORM = re.compile(r"\{[^|}]+\|([^|}]+)\}")


def paced(sentences: Sequence[str], speaker: Speaker) -> list[Utterance]:
    """A synthesiser of one tone a sentence, as long as festival's reading of it."""
    said = []
    for text in sentences:
        words, length_s = text.split(), len(text) / CHARS_A_SECOND[speaker.voice == RUSSIAN] / speaker.speed
        sound = 0.5 * np.sin(2 * np.pi * 500 * np.arange(int(length_s * RATE_HZ)) / RATE_HZ)
        step = length_s / len(words)
        times = tuple(TimedWord(word, step * n, step * (n + 1)) for n, word in enumerate(words))
        said.append(Utterance(sound.astype(np.float32), RATE_HZ, times, ()))
    return said


def hurried(sentences: Sequence[str], speaker: Speaker) -> list[Utterance]:
    """As `paced`, ten times as fast: for what is written about a call and not how long it is."""
    return paced(sentences, replace(speaker, speed=10 * speaker.speed))


def phrases(scripts: dict[str, Script]) -> set[tuple[str, ...]]:
    """Every run of words within a turn."""
    found: set[tuple[str, ...]] = set()
    for script in scripts.values():
        for _, text, _ in script.turns:
            words = re.findall(r"[\w-]+", scripted.written(text).lower())
            found |= set(zip(*(words[n:] for n in range(PHRASE_WORDS)), strict=False))
    return found


def parts_of(script: Script) -> list[str]:
    return [part for part, *_ in script.turns]


def can_be_read(script: Script) -> None:
    """Each word has a letter; each turn is in the alphabet of the voice that reads it."""
    for number, (_, text, options) in enumerate(script.turns):
        said = _SPOKEN_FORM.sub(r"\1", text)
        assert all(re.search(r"[^\W\d_]", word) for word in said.split()), text
        strange = "[a-z]" if (options.language or script.language) == "ru" else "[а-яё]"
        assert not re.search(strange, said, re.IGNORECASE), text
        assert (script.speaker(number).voice == RUSSIAN) == bool(re.search("[а-яё]", said, re.IGNORECASE)), text
