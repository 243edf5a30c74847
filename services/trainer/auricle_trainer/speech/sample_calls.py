"""The sample calls as a test: each Russian track against its truth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from auricle_samples.voice.timed import TimedWord
from faster_whisper.audio import decode_audio

from auricle_trainer.speech.hearing import Comparison, Listener


def call_comparisons(
    listener: Listener, folder: Path, *, short_windows: bool = False
) -> Iterator[tuple[str, Comparison]]:
    """(file and track, comparison) of every Russian recording that keeps agent and customer apart."""
    for path in sorted(folder.glob("*.truth.json")):
        truth = json.loads(path.read_text())
        metadata = json.loads((folder / path.name.replace(".truth", "")).read_text())
        recording = next(p for p in folder.glob(path.name.split(".")[0] + ".*") if p.suffix != ".json")
        if truth["language"] != "ru" or metadata["participants"][0].get("track") is None:
            continue
        for number, samples in enumerate(decode_audio(str(recording), split_stereo=True)):
            words = [
                TimedWord(text, start / 1000, end / 1000)
                for turn in truth["turns"]
                if turn["track"] == number
                for text, start, end in turn["words"]
            ]
            sound = np.asarray(samples, np.float32)
            yield f"{recording.name}, track {number}", listener.compare(sound, words, short_windows=short_windows)
