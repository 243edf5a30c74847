"""The tokenizer as faster-whisper sees it, and the times of tokens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from auricle_trainer.speech import tokens as ids
from faster_whisper.tokenizer import Tokenizer as WhisperTokenizer
from tokenizers import Tokenizer


@pytest.fixture(scope="module")
def published(tokenizer_file: Path) -> WhisperTokenizer:
    whole = Tokenizer.from_str(json.dumps(ids.published_tokenizer(tokenizer_file)))
    return WhisperTokenizer(whole, True, task="transcribe", language="ru")


def test_special_tokens_are_where_whisper_has_them(published: WhisperTokenizer) -> None:
    assert published.tokenizer.get_vocab_size() == 51_865
    assert (published.eot, published.sot, published.language, published.timestamp_begin) == (
        50_257,
        50_258,
        50_263,
        50_364,
    )
    assert published.tokenizer.token_to_id("<|30.00|>") == 51_864
    assert published.tokenizer.token_to_id("") == 50_256


def test_text_survives_and_uses_only_trained_rows(published: WhisperTokenizer) -> None:
    text = " щуплые эмигранты объявят ещё ёжика как-то"
    encoded = published.encode(text)
    assert published.decode(encoded) == text
    assert max(encoded) < ids.TEXT_TOKENS


def test_suppressed_tokens_leave_words_alone(published: WhisperTokenizer) -> None:
    """Without the decoys, faster-whisper suppresses the bare space, and some words cannot begin."""
    space = published.tokenizer.token_to_id("Ġ")
    assert space not in published.non_speech_tokens
    without = json.loads(published.tokenizer.to_str())
    without["model"]["merges"] = without["model"]["merges"][: -len(ids.DECOYS)]
    bare = WhisperTokenizer(Tokenizer.from_str(json.dumps(without)), True, task="transcribe", language="ru")
    assert space in bare.non_speech_tokens


def test_every_compact_row_has_one_place() -> None:
    places = ids.published_ids()
    assert len(places) == len(set(places)) == ids.COMPACT_SIZE
    assert max(places) == ids.PUBLISHED_SIZE - 1
    assert places[ids.FIRST_TIMESTAMP] == ids.PUBLISHED_FIRST_TIMESTAMP


def test_tokens_share_the_time_of_their_word(tokenizer: Tokenizer) -> None:
    timed = ids.timed_tokens(tokenizer, [("предпринимательство", 1.0, 2.0), ("да", 2.0, 2.2)])
    assert timed[0].start_s == 1.0
    assert timed[-1].end_s == pytest.approx(2.2)
    starts = [token.start_s for token in timed]
    assert starts == sorted(starts)
    assert tokenizer.decode([token.token for token in timed]) == " предпринимательство да"
