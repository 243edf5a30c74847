"""How something was said, beside what was said: loudness, pitch and speed of each turn against the speaker's own usual."""

from collections import defaultdict
from collections.abc import Collection, Sequence

import numpy as np
from auricle_contracts import Role, Turn, TurnTone

from auricle_asr.recordings.recording import SAMPLES_PER_MS, Samples
from auricle_asr.tone.measuring import Sound, measure
from auricle_asr.tone.tension import tones

__all__ = ["CUSTOMERS", "EVERY_ROLE", "Sound", "measure", "of_turns", "tones"]
CUSTOMERS, EVERY_ROLE = frozenset({Role.CUSTOMER}), frozenset(Role)


def of_turns(
    turns: Sequence[Turn], tracks: Sequence[Samples], roles: Collection[Role] = EVERY_ROLE
) -> tuple[TurnTone, ...]:
    """The tone of every turn of these roles that has one. Busy for about 1 % of the call's length; belongs in a thread."""
    turns = [turn for turn in turns if turn.role in roles]
    heard_on = _tracks_of_speakers(turns, tracks)
    sounds = (measure(turn, tracks[heard_on[turn.participant]]) for turn in turns)
    return tones([sound for sound in sounds if sound is not None])


def _tracks_of_speakers(turns: Sequence[Turn], tracks: Sequence[Samples]) -> dict[str, int]:
    """On which track somebody is loudest over all their turns: turns do not keep their track, and one alone may be overlapped."""
    loudness: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(tracks))
    for turn in turns:
        for number, track in enumerate(tracks):
            said = track[(turn.start_ms or 0) * SAMPLES_PER_MS : (turn.end_ms or 0) * SAMPLES_PER_MS]
            loudness[turn.participant][number] += float(np.square(said, dtype=np.float32).sum())
    return {speaker: heard.index(max(heard)) for speaker, heard in loudness.items()}
