"""The committed test set: what is said, by which voices, over which lines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from auricle_samples.voice.espeak import Espeak, Voice
from auricle_samples.voice.timed import uttered
from auricle_samples.voice.voices import held_out_voices

from auricle_trainer.speech.lexicon import Lexicon, lexicon_of_corpus
from auricle_trainer.speech.phrases import PHRASES, SMALL
from auricle_trainer.speech.prose import Prose
from auricle_trainer.speech.windows import Window, utterance_window

MANIFEST = Path(__file__).parent / "testset.json"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One test utterance: its text, its voice and the seed of its line."""

    text: str
    voice: Voice
    seed: int


@dataclass(frozen=True, slots=True)
class TestSet:
    """`unseen` lists the lemmas that training text never contains in any form."""

    utterances: tuple[Spoken, ...]
    unseen: frozenset[str]

    __test__ = False  # not a pytest class


def load(path: Path = MANIFEST) -> TestSet:
    """Read a manifest."""
    data = json.loads(path.read_text())
    spoken = tuple(Spoken(u["text"], Voice(**data["voices"][u["voice"]]), u["seed"]) for u in data["utterances"])
    return TestSet(spoken, frozenset(data["unseen_lemmas"]))


def windows(test: TestSet, espeak: Espeak) -> Iterator[tuple[Spoken, Window]]:
    """The audio of every utterance: words, times, voice and line are fixed; espeak-ng's flutter differs each time."""
    for spoken in test.utterances:
        yield spoken, utterance_window(uttered(espeak, spoken.text, spoken.voice), np.random.default_rng(spoken.seed))


def make(path: Path, words: int, seed: int) -> None:
    """Draw a new manifest with at least `words` words, of whose types at least 30 % are unseen."""
    lexicon, rng = lexicon_of_corpus(), np.random.default_rng(seed)
    rare = _held_out_lemmas(lexicon, rng)
    flat = frozenset(lemma.replace("ё", "е") for lemmas in rare.values() for lemma in lemmas)
    texts = Prose(lexicon, rng, rare=rare, rare_share=0.32).sentences()
    chosen: list[str] = []
    while sum(len(text.split()) for text in chosen) < words:
        text = next(texts)
        if len(text.split()) >= 3:
            chosen.append(text)
    types = Counter(word for text in chosen for word in text.split())
    used = {word: lexicon.lemma_of(word) & flat for word in types}
    unseen = sorted({lemma for lemmas in used.values() for lemma in lemmas})
    share = sum(bool(lemmas) for lemmas in used.values()) / len(used)
    if share < 0.3:
        raise ValueError(f"only {share:.0%} of the word types are unseen")
    _write(path, chosen, unseen, seed)


def _held_out_lemmas(lexicon: Lexicon, rng: np.random.Generator) -> dict[str, tuple[str, ...]]:
    """Content lemmas that no phrase of ours needs."""
    ours = {lemma for word in " ".join([*PHRASES, *SMALL]).split() for lemma in lexicon.lemma_of(word)}
    drawn = {}
    for pos, count in (("NOUN", 450), ("ADJF", 220), ("INFN", 160)):
        free = [lemma for lemma in lexicon.lemmas[pos] if not lexicon.lemma_of(lemma) & ours]
        drawn[pos] = tuple(free[i] for i in sorted(rng.choice(len(free), count, replace=False)))
    return drawn


def _write(path: Path, texts: list[str], unseen: list[str], seed: int) -> None:
    voices = held_out_voices(26, seed)
    utterances = [{"text": t, "voice": i % len(voices), "seed": seed * 100_000 + i} for i, t in enumerate(texts)]
    described = [{f: getattr(v, f) for f in ("variant", "rate", "pitch", "spread", "language")} for v in voices]
    data = {"voices": described, "unseen_lemmas": unseen, "utterances": utterances}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=0) + "\n")
