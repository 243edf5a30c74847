"""What several tests of the speech trainer need: the lexicon (seconds to read) and espeak-ng where it is installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from auricle_samples.voice.espeak import Espeak, EspeakMissing
from auricle_trainer.speech.lexicon import Lexicon, lexicon_of_corpus
from auricle_trainer.speech.prose import Prose
from auricle_trainer.speech.tokens import train_tokenizer
from tokenizers import Tokenizer


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return lexicon_of_corpus()


@pytest.fixture(scope="session")
def espeak() -> Espeak:
    try:
        return Espeak()
    except EspeakMissing as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def tokenizer_file(lexicon: Lexicon, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tokens") / "tokens.json"
    texts = Prose(lexicon, np.random.default_rng(1)).sentences()
    train_tokenizer((next(texts) for _ in range(3000)), path)
    return path


@pytest.fixture(scope="session")
def tokenizer(tokenizer_file: Path) -> Tokenizer:
    return Tokenizer.from_file(str(tokenizer_file))
