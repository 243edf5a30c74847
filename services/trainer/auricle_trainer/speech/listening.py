"""What the network under training hears: greedy words on validation windows (never the test set)."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from auricle_trainer.speech import tokens as ids
from auricle_trainer.speech.mel import unpacked
from auricle_trainer.speech.network import SmallWhisper
from auricle_trainer.speech.scores import errors
from auricle_trainer.speech.shards import Item, read_shard


def validation(
    model: SmallWhisper, tokenizer: Tokenizer, work: Path, words: bool, long: bool
) -> dict[str, float | str]:
    """Word error rate (with the decoder) and frame accuracy on the shards whose name begins with 999."""
    model.eval()
    started = time.monotonic()
    facts: dict[str, float | str] = {}
    for folder, count in (("short", 48), ("said", 48 if long else 0), ("long", 4 if long else 0)):
        paths = sorted((work / folder).glob("999-*.json"))
        if not paths or not count:
            continue
        items = read_shard(paths[0])[:count]
        hits, wrong, total, example = _heard(model, tokenizer, items, words)
        facts |= {
            f"{folder}_frames": round(hits, 4),
            f"{folder}_wer": round(wrong / max(total, 1), 4),
            f"{folder}_says": example,
        }
    model.train()
    return facts | {"validation_s": round(time.monotonic() - started, 1)}


@torch.no_grad()
def _heard(model: SmallWhisper, tokenizer: Tokenizer, items: list[Item], words: bool) -> tuple[float, int, int, str]:
    device = next(model.parameters()).device
    hits, wrong, total, example = [], 0, 0, ""
    for start in range(0, len(items), 32):
        group = items[start : start + 32]
        mel = torch.from_numpy(_padded(group)).to(device)
        with torch.autocast(device.type, torch.bfloat16):
            heard = model.encoder(mel, torch.zeros(len(group), dtype=torch.long, device=device))
            guesses = model.phonemes(heard).argmax(-1).cpu().numpy()
            texts = greedy(model, tokenizer, heard) if words else ["" for _ in group]
        for item, guess, text in zip(group, guesses, texts, strict=True):
            spoken = item.labels > 0
            hits.append(float((guess[: len(item.labels)] == item.labels)[spoken].mean()))
            said = [word.replace("ё", "е") for segment in item.segments for word, _, _ in segment]
            wrong += errors(said, text.split())
            total += len(said)
            example = f"{' '.join(said)} => {text}"
    return float(np.mean(hits)), wrong, total, example


def greedy(model: SmallWhisper, tokenizer: Tokenizer, heard: Tensor, longest: int = 220) -> list[str]:
    """The likeliest token at each step, without timestamps."""
    tokens = torch.tensor([[ids.SOT, ids.RUSSIAN, ids.TRANSCRIBE, ids.NO_TIMESTAMPS]], device=heard.device)
    tokens = tokens.repeat(len(heard), 1)
    for _ in range(min(longest, heard.shape[1] // 3)):
        logits, _ = model.decoder(tokens, heard)
        last = logits[:, -1, : ids.SOT].argmax(-1)
        last[(tokens[:, 4:] == ids.EOT).any(1)] = ids.EOT
        tokens = torch.cat([tokens, last[:, None]], 1)
        if bool((last == ids.EOT).all()):
            break
    return [tokenizer.decode([t for t in row if t < ids.EOT]).strip() for row in tokens[:, 4:].tolist()]


def _padded(group: list[Item]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    longest = max(len(item.mel) for item in group)
    mel = np.zeros((len(group), 80, longest), np.float32)
    for row, item in zip(mel, group, strict=True):
        row[:, : len(item.mel)] = unpacked(item.mel, item.top).T
    return mel
