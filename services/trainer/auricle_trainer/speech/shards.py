"""Training data on disk: packed mel pictures, phoneme of each frame, words and times; made once by several processes."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from auricle_samples.voice.espeak import Espeak
from auricle_samples.voice.voices import training_voice
from numpy.typing import NDArray

from auricle_trainer.speech.lexicon import lexicon_of_corpus
from auricle_trainer.speech.mel import log_mel, packed
from auricle_trainer.speech.prose import Prose
from auricle_trainer.speech.windows import FRAME_S, Window, window

INVENTORY = 96
"""Phoneme labels: 0 silence, 1 anything rare, the rest by the list of `phonemes.json`."""


@dataclass(frozen=True, slots=True)
class Item:
    """One window: normalised later from `mel` (frames, 80) and `top`; `labels` one per two mel frames.

    `segments`: for each utterance a list of (word, start in seconds, end in seconds).
    """

    mel: NDArray[np.uint8]
    top: float
    labels: NDArray[np.uint8]
    segments: list[list[tuple[str, float, float]]]


def labels_of(spoken: Window, frames: int, inventory: dict[str, int]) -> NDArray[np.uint8]:
    """The phoneme at the middle of each 20 ms frame."""
    labels = np.zeros(frames, np.uint8)
    marks = [*spoken.phonemes, (frames * FRAME_S, "")]
    for (start, name), (end, _) in itertools.pairwise(marks):
        label = 0 if not name or name.startswith("_") else inventory.get(name, 1)
        labels[max(0, round(start / FRAME_S - 0.5)) : round(end / FRAME_S - 0.5)] = label
    return labels


def item_of(spoken: Window, inventory: dict[str, int]) -> Item:
    """The window as training reads it; an odd last mel frame is dropped."""
    cells, top = packed(log_mel(spoken.samples))
    cells = cells[: len(cells) // 2 * 2]
    words = [[(w.text, round(w.start_s, 3), round(w.end_s, 3)) for w in s.words] for s in spoken.segments]
    return Item(cells, top, labels_of(spoken, len(cells) // 2, inventory), words)


def write_shard(path: Path, items: list[Item]) -> None:
    """One .npz and one .json; the .json comes last and means that the shard is whole."""
    np.savez(
        path.with_suffix(".npz"),
        mel=np.concatenate([item.mel for item in items]),
        labels=np.concatenate([item.labels for item in items]),
        frames=np.array([len(item.mel) for item in items]),
        tops=np.array([item.top for item in items], np.float32),
    )
    path.with_suffix(".json").write_text(json.dumps([item.segments for item in items], ensure_ascii=False))


def read_shard(path: Path) -> list[Item]:
    """The items of a shard by its .json path; arrays are views into one block."""
    with np.load(path.with_suffix(".npz")) as data:
        mel, labels, frames, tops = data["mel"], data["labels"], data["frames"], data["tops"]
    ends = np.cumsum(frames)
    segments = json.loads(path.read_text())
    return [
        Item(mel[end - n : end], float(top), labels[(end - n) // 2 : end // 2], words)
        for end, n, top, words in zip(ends, frames, tops, segments, strict=True)
    ]


def synthesise(
    folder: Path,
    seed: int,
    hours: float,
    long_share: float,
    extra: tuple[str, ...],
    said_share: float,
    held: frozenset[str],
) -> None:
    """Write shards of about 20 minutes until `hours` are made; shards that exist are kept."""
    espeak, lexicon = Espeak(), lexicon_of_corpus()
    inventory = phoneme_inventory(folder.parent)
    for number in range(round(hours * 3)):
        path = folder / f"{seed:03d}-{number:04d}.json"
        if path.exists():
            continue
        rng = np.random.default_rng([seed, number])
        texts = Prose(lexicon, rng, held, extra, said_share).sentences()
        items, seconds = [], 0.0
        while seconds < 1200:
            long = rng.random() < long_share
            longest_s, utterances = (float(rng.uniform(8, 29.9)), 14) if long else (6.0, int(rng.integers(1, 4)))
            spoken = window(espeak, texts, training_voice(rng), rng, longest_s, utterances)
            if spoken.samples.size > 4800:
                items.append(item_of(spoken, inventory))
                seconds += spoken.samples.size / 16000
        write_shard(path, items)


def phoneme_inventory(folder: Path) -> dict[str, int]:
    """Names of phonemes to labels, read from `phonemes.json` or made from 400 sentences."""
    path = folder / "phonemes.json"
    if not path.exists():
        espeak, rng = Espeak(), np.random.default_rng(7)
        texts = Prose(lexicon_of_corpus(), rng).sentences()
        names = [name for _ in range(400) for _, name in espeak.say(next(texts), training_voice(rng)).phonemes]
        common = sorted(
            name for name, count in Counter(names).items() if count > 5 and name and not name.startswith("_")
        )
        path.write_text(json.dumps(common[: INVENTORY - 2], ensure_ascii=False))
    return {name: index + 2 for index, name in enumerate(json.loads(path.read_text()))}
