"""How many planted rises of tone are found, and how many calm turns are called tense; what it costs. Synthetic voices.

`make bench` writes docs/evidence/tone.json. Beside it: the best constant, and loudness alone at the threshold that is best for it.
Turns and word times are the synthesiser's: this measures tone, not speech recognition.
"""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from auricle_asr import tone
from auricle_asr.recordings.recording import RATE_HZ, Samples
from auricle_contracts import Turn, TurnTone, Word
from auricle_samples.voice.espeak import EspeakMissing
from auricle_samples.voice.line import TELEPHONE_HZ, resampled
from auricle_samples.voice.recording import SpokenTurn
from fixtures.tone_calls import PlantedCall, planted_calls

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]
EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence" / "tone.json"
Judged = tuple[TurnTone, bool]


def turn_of(spoken: SpokenTurn) -> Turn:
    words = tuple(
        Word(text=word.text, start_ms=round(word.start_s * 1000), end_ms=round(word.end_s * 1000), confidence=1.0)
        for word in spoken.words
    )
    return Turn(
        id=spoken.turn, participant=spoken.role.value, role=spoken.role, text=" ".join(word.text for word in words),
        start_ms=words[0].start_ms, end_ms=words[-1].end_ms, words=words,
    )  # fmt: skip


def tracks_of(planted: PlantedCall) -> list[Samples]:
    tracks = (resampled(track, TELEPHONE_HZ, RATE_HZ) for track in planted.call.tracks)
    return [np.asarray(np.clip(track, -1, 1) * 32767, np.int16) for track in tracks]


def shares(found: Sequence[tuple[bool, bool]]) -> dict[str, float | int]:
    """(said tense, is tense) → precision, recall, F1, false alarms among calm turns."""
    hits = sum(said and true for said, true in found)
    said, true = sum(said for said, _ in found), sum(true for _, true in found)
    return {
        "precision": round(hits / said, 3) if said else 0.0, "recall": round(hits / true, 3),
        "f1": round(2 * hits / (said + true), 3), "false_alarms": round((said - hits) / (len(found) - true), 4), "n": len(found),
        "tense": true,
    }  # fmt: skip


def loudness_alone(judged: Sequence[Judged]) -> dict[str, float | int]:
    levels = sorted({one.loudness_db for one, _ in judged})
    return max(
        (shares([(one.loudness_db >= level, true) for one, true in judged]) for level in levels), key=lambda s: s["f1"]
    )


def test_planted_rises_are_found() -> None:
    judged: list[Judged] = []
    audio_s = cpu_s = 0.0
    try:
        for planted in planted_calls():
            turns, tracks = [turn_of(spoken) for spoken in planted.call.turns], tracks_of(planted)
            began = time.process_time()
            found = tone.of_turns(turns, tracks)
            cpu_s, audio_s = cpu_s + time.process_time() - began, audio_s + planted.call.length_s
            judged += [(one, one.turn in planted.tense) for one in found]
    except EspeakMissing as missing:
        pytest.skip(str(missing))
    found_share, constant = (
        shares([(one.tense, true) for one, true in judged]),
        shares([(True, true) for _, true in judged]),
    )
    figures = {
        "measured": datetime.now(UTC).date().isoformat(), "command": "make bench", "synthetic": True,
        "tone": found_share,
        "best_constant": constant,
        "loudness_alone_at_its_best_threshold": loudness_alone(judged),
        "cpu_seconds_per_audio_second": round(cpu_s / audio_s, 5),
    }  # fmt: skip
    print(json.dumps(figures, indent=1))
    EVIDENCE.write_text(json.dumps(figures, indent=1) + "\n")
    assert found_share["f1"] > constant["f1"]
