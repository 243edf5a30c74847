"""Each turn against its own speaker: how far above the usual it is, and where a rise is a moment worth hypothesis.

Only a comparison of a voice with itself. It does not know why; nothing here says what anybody felt.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from auricle_contracts import TurnTone

from auricle_asr.tone.measuring import Sound

MIN_TURNS = 4
SAME_AS_SIGMA = 1.4826  # of a normal distribution: standard deviation = 1.4826 × median absolute deviation
FLOORS = {"loudness_db": 2.5, "pitch": 2.5, "pitch_range": 2.5, "syllables_per_second": 1.2}
WEIGHTS = {"loudness_db": 0.6, "pitch": 0.2, "syllables_per_second": 0.2}
HIGHEST = 4.0
TENSE = 1.0
"""Floors, weights and threshold were chosen on 30 planted calls of other seeds than those of tests/bench/test_tone.py."""


def tones(sounds: Sequence[Sound]) -> tuple[TurnTone, ...]:
    """In the order of the turns. A speaker with fewer than four measured turns has no usual, so none of them has a tone."""
    by_speaker: dict[str, list[Sound]] = defaultdict(list)
    for sound in sounds:
        by_speaker[sound.speaker].append(sound)
    found = (tone for said in by_speaker.values() if len(said) >= MIN_TURNS for tone in _of_speaker(said))
    return tuple(sorted(found, key=lambda tone: tone.turn))


def _of_speaker(said: Sequence[Sound]) -> Iterable[TurnTone]:
    above = {name: _above_usual([getattr(sound, name) for sound in said], floor) for name, floor in FLOORS.items()}
    usual = {name: float(np.median([getattr(sound, name) for sound in said])) for name in FLOORS}
    for number, sound in enumerate(said):
        tension = sum(weight * above[name][number] for name, weight in WEIGHTS.items())
        yield TurnTone(
            turn=sound.turn,
            loudness_db=round(sound.loudness_db - usual["loudness_db"], 1),
            pitch_semitones=round(sound.pitch - usual["pitch"], 1),
            pitch_range_semitones=round(sound.pitch_range - usual["pitch_range"], 1),
            syllables_per_second=round(sound.syllables_per_second, 1),
            pause_share=round(sound.pause_share, 2),
            tension=round(tension, 2),
            tense=tension >= TENSE,
        )


def _above_usual(values: Sequence[float], floor: float) -> list[float]:
    """Robust z scores, at most `HIGHEST` either way: what the others do is the yardstick, never less than `floor`."""
    numbers = np.array(values)
    spread = max(floor, SAME_AS_SIGMA * float(np.median(np.abs(numbers - np.median(numbers)))))
    return [float(score) for score in np.clip((numbers - np.median(numbers)) / spread, -HIGHEST, HIGHEST)]
