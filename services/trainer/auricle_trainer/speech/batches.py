"""Shards → padded tensors: pictures, phoneme labels, token sequences and where each token should look."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from auricle_samples.voice.line import TELEPHONE_HZ, Line, resampled, through_line
from tokenizers import Tokenizer
from torch import Tensor

from auricle_trainer.speech import tokens as ids
from auricle_trainer.speech.mel import FRAMES_30_S, log_mel, packed, unpacked
from auricle_trainer.speech.shards import Item, read_shard
from auricle_trainer.speech.tokens import timed_tokens

IGNORED = -100
_MARGIN_S = 0.06


@dataclass(frozen=True, slots=True)
class Batch:
    """`mel` (n, 80, 2t), `frames` (n, t) phonemes, `tokens` and `targets` (n, l), `looks` (n, l, 2) frames or -1."""

    mel: Tensor
    frames: Tensor
    shifts: Tensor
    tokens: Tensor
    targets: Tensor
    looks: Tensor

    def to(self, device: torch.device) -> Batch:
        return Batch(*(getattr(self, field).to(device) for field in self.__slots__))


@dataclass(frozen=True, slots=True)
class Mix:
    """How a phase makes batches: encoder frames in each, and the shares of the variations."""

    frames_a_batch: int = 3200
    timestamps: float = 0.4
    silence: float = 0.02
    previous: float = 0.0
    full_windows: float = 0.0
    shifted: float = 0.25


class Feed:
    """Batches without end from the shards that exist when a new one is needed; one shard stays in memory at a time."""

    def __init__(self, folders: dict[Path, float], tokenizer: Tokenizer, mix: Mix, seed: int) -> None:
        self._folders, self._tokenizer, self._mix = folders, tokenizer, mix
        self._rng = np.random.default_rng(seed)

    def __iter__(self) -> Iterator[Batch]:
        streams = [(self._shuffled(folder), share) for folder, share in self._folders.items() if share > 0]
        shares = np.array([share for _, share in streams])
        while True:
            stream, _ = streams[int(self._rng.choice(len(streams), p=shares / shares.sum()))]
            yield self.batch(next(stream))

    def _shuffled(self, folder: Path) -> Iterator[list[Item]]:
        used: dict[Path, int] = {}
        while True:
            paths = [path for path in sorted(folder.glob("*.json")) if not path.name.startswith("999")]
            fewest = min(used.get(path, 0) for path in paths)
            path = paths[int(self._rng.choice([i for i, p in enumerate(paths) if used.get(p, 0) == fewest]))]
            used[path] = used.get(path, 0) + 1
            yield from self._groups(read_shard(path))

    def _groups(self, items: list[Item]) -> list[list[Item]]:
        """Items of like length together, so that padding is small; groups in random order."""
        items = sorted(items, key=lambda item: len(item.mel) + int(self._rng.integers(30)))
        groups: list[list[Item]] = [[]]
        for item in items:
            if (len(groups[-1]) + 1) * len(item.mel) // 2 > self._mix.frames_a_batch:
                groups.append([])
            groups[-1].append(item)
        return [groups[i] for i in self._rng.permutation(len(groups))]

    def batch(self, items: list[Item]) -> Batch:
        """Pad and stack; some items are replaced by noise without speech."""
        longest = max(len(item.mel) for item in items)
        if self._rng.random() < self._mix.full_windows:
            longest = FRAMES_30_S
            items = [items[int(i)] for i in self._rng.permutation(len(items))[: self._mix.frames_a_batch // 1500]]
        items = [self._noise(len(i.mel)) if self._rng.random() < self._mix.silence else i for i in items]
        shifts = [
            int(self._rng.integers(0, 1501 - longest // 2)) * int(self._rng.random() < self._mix.shifted) for _ in items
        ]
        mel = np.stack([self._picture(item, longest) for item in items])
        frames = np.full((len(items), longest // 2), 0)
        for row, item in zip(frames, items, strict=True):
            row[: len(item.labels)] = item.labels
        sequences = [self._sequence(item, shift, items) for item, shift in zip(items, shifts, strict=True)]
        return Batch(torch.from_numpy(mel), torch.from_numpy(frames), torch.tensor(shifts), *_stacked(sequences))

    def _picture(self, item: Item, longest: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        """(80, longest); padded with 0 as faster-whisper does, or with the floor as Whisper does."""
        cells = unpacked(item.mel, item.top)
        if self._rng.random() < 0.4:
            band = int(self._rng.integers(0, 72))
            cells[:, band : band + int(self._rng.integers(1, 9))] = cells.mean()
        padding = 0.0 if self._rng.random() < 0.7 else float(cells.min())
        full = np.full((80, longest), padding, np.float32)
        full[:, : len(cells)] = cells.T
        return full

    def _noise(self, mel_frames: int) -> Item:
        rng = self._rng
        silence = np.zeros(mel_frames * 80 + 400, np.float32)
        silence[rng.integers(silence.size)] = rng.uniform(0.01, 1)
        samples = through_line(silence, Line.drawn(rng), rng) if rng.random() < 0.7 else silence * 1e-3
        cells, top = packed(log_mel(resampled(samples, TELEPHONE_HZ, 16_000)))
        cells = cells[:mel_frames]
        return Item(cells, top, np.zeros(len(cells) // 2, np.uint8), [])

    def _sequence(self, item: Item, shift: int, others: list[Item]) -> list[tuple[int, int, int, int]]:
        """(token, target, first frame, last frame) of each position."""
        timed = self._rng.random() < self._mix.timestamps
        previous = self._previous(others) if self._rng.random() < self._mix.previous else []
        body: list[tuple[int, int, int]] = []
        for words in item.segments:
            spoken = timed_tokens(self._tokenizer, [(word.replace("ё", "е"), start, end) for word, start, end in words])
            if timed:
                body.append(_timestamp(words[0][1], shift))
            body += [(t.token, *_frames(t.start_s, t.end_s)) for t in spoken]
            if timed:
                body.append(_timestamp(words[-1][2], shift))
        silent = not item.segments
        if silent and timed:
            body.append((_timestamp(0.0, shift)[0], -1, -1))
        wanted = [*body, (ids.EOT, -1, -1)]
        prompt = [(t, IGNORED) for t in previous] + [
            (ids.SOT, ids.NO_SPEECH if silent else ids.RUSSIAN),
            (ids.RUSSIAN, IGNORED),
        ]
        if timed:
            given = [*prompt, (ids.TRANSCRIBE, wanted[0][0])]
        else:
            given = [*prompt, (ids.TRANSCRIBE, IGNORED), (ids.NO_TIMESTAMPS, wanted[0][0])]
        rows = [(token, target, -1, -1) for token, target in given]
        rows[-1] = (*rows[-1][:2], *wanted[0][1:])
        rows += [(now[0], then[0], *then[1:]) for now, then in itertools.pairwise(wanted)]
        return rows[:448]

    def _previous(self, others: list[Item]) -> list[int]:
        other = others[int(self._rng.integers(len(others)))]
        words = " ".join(word for segment in other.segments for word, _, _ in segment).replace("ё", "е")
        return [ids.PREVIOUS, *self._tokenizer.encode(" " + words).ids[-60:]] if words else []


def _timestamp(moment_s: float, shift: int) -> tuple[int, int, int]:
    frame = round(moment_s / 0.02)
    return ids.FIRST_TIMESTAMP + min(frame + shift, ids.TIMESTAMPS - 1), max(0, frame - 5), frame + 5


def _frames(start_s: float, end_s: float) -> tuple[int, int]:
    return max(0, int((start_s - _MARGIN_S) / 0.02)), int((end_s + _MARGIN_S) / 0.02)


def _stacked(sequences: list[list[tuple[int, int, int, int]]]) -> tuple[Tensor, Tensor, Tensor]:
    longest = max(map(len, sequences))
    table = np.full((len(sequences), longest, 4), (ids.EOT, IGNORED, -1, -1))
    for row, sequence in zip(table, sequences, strict=True):
        row[: len(sequence)] = sequence
    whole = torch.from_numpy(table)
    return whole[..., 0].contiguous(), whole[..., 1].contiguous(), whole[..., 2:].contiguous()
