"""Tokens: syllable-sized byte-level BPE, and Whisper's special tokens in a compact and in the published numbering.

Training uses the compact ids (about 2,500 rows); export spreads them over Whisper's 51,865 so that every reader
of Whisper models finds `<|startoftranscript|>` and the timestamps where it expects them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

TEXT_TOKENS = 1024
TIMESTAMPS = 1501
_SPECIAL = ("eot", "sot", "russian", "transcribe", "previous", "no_speech", "no_timestamps")
_PUBLISHED = {
    "eot": 50257,
    "sot": 50258,
    "russian": 50263,
    "transcribe": 50359,
    "previous": 50361,
    "no_speech": 50362,
    "no_timestamps": 50363,
}
PUBLISHED_SIZE, PUBLISHED_FIRST_TIMESTAMP = 51_865, 50_364
EOT, SOT, RUSSIAN, TRANSCRIBE, PREVIOUS, NO_SPEECH, NO_TIMESTAMPS = range(TEXT_TOKENS, TEXT_TOKENS + len(_SPECIAL))
FIRST_TIMESTAMP = TEXT_TOKENS + len(_SPECIAL)
COMPACT_SIZE = FIRST_TIMESTAMP + TIMESTAMPS


@dataclass(frozen=True, slots=True)
class TimedToken:
    """A token and the seconds between which it is heard."""

    token: int
    start_s: float
    end_s: float


def train_tokenizer(texts: Iterable[str], path: Path) -> Tokenizer:
    """Learn the merges from sentences and save them."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=TEXT_TOKENS, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator((" " + text for text in texts), trainer)
    tokenizer.save(str(path))
    return tokenizer


def timed_tokens(tokenizer: Tokenizer, words: list[tuple[str, float, float]]) -> list[TimedToken]:
    """The tokens of words, each with its share of the word's time by letters."""
    timed = []
    for word, start, end in words:
        encoded = tokenizer.encode(" " + word)
        length = len(word) + 1
        for token, (left, right) in zip(encoded.ids, encoded.offsets, strict=True):
            span = end - start
            timed.append(
                TimedToken(
                    token,
                    start + span * max(0, left - 1) / (length - 1),
                    start + span * max(1, right - 1) / (length - 1),
                )
            )
    return timed


def published_ids() -> list[int]:
    """For each compact id its place among Whisper's 51,865."""
    special = [_PUBLISHED[name] for name in _SPECIAL]
    return [*range(TEXT_TOKENS), *special, *range(PUBLISHED_FIRST_TIMESTAMP, PUBLISHED_SIZE)]


LANGUAGES = (
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy sk te"
    " fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo ht"
    " ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su"
).split()
"""Whisper's order of languages."""

DECOYS = ("-", "'", "â")  # the last is the first byte of a musical note


def _add_decoys(model: dict[str, Any]) -> None:
    """Tokens for " -", " '" and " ♪", never emitted.

    faster-whisper suppresses the first token of such strings; without these that would be the bare space, which words need.
    """
    for row, symbol in enumerate(DECOYS, TEXT_TOKENS):
        model["vocab"][f"Ġ{symbol}"] = row
        model["merges"].append(["Ġ", symbol])


def published_tokenizer(path: Path) -> dict[str, object]:
    """The content of tokenizer.json with every row named, as faster-whisper loads it."""
    data: dict[str, object] = json.loads(path.read_text())
    names = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{code}|>" for code in LANGUAGES)]
    names += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]
    names += [f"<|{index * 0.02:.2f}|>" for index in range(TIMESTAMPS)]
    first = PUBLISHED_SIZE - len(names)
    model = data["model"]
    if not isinstance(model, dict) or first != _PUBLISHED["eot"]:
        raise ValueError("the tokenizer is not a BPE, or the list of languages is not Whisper's")
    _add_decoys(model)
    model["vocab"] |= {f"<|unused{row}|>": row for row in range(TEXT_TOKENS + len(DECOYS), first - 1)}
    model["vocab"][""] = first - 1  # Whisper has it, and CTranslate2 takes a model without it as English-only
    data["added_tokens"] = [
        {"id": first + index, "content": name, "special": True}
        | {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
        for index, name in enumerate(names)
    ]
    return data
