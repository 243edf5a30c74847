"""What engines say, read without an engine: servers' replies, model cards, languages."""

import json
from pathlib import Path

import pytest
from auricle_asr.speech.languages import code_of, language_of_letters
from auricle_asr.speech.model_card import read_card
from auricle_asr.speech.openai_engine import hypothesis_of

REPLY = {
    "language": "russian",
    "text": "Добрый день.",
    "segments": [{"start": 0.0, "end": 1.0, "avg_logprob": -0.5, "no_speech_prob": 0.2, "tokens": [1, 2, 3]}],
    "words": [
        {"word": " Добрый", "start": 0.1, "end": 0.4},
        {"word": "день.", "start": 0.5, "end": 0.9, "probability": 0.75},
    ],
}


def test_a_verbose_reply_becomes_words() -> None:
    found = hypothesis_of(REPLY, "", 0.2)
    assert [word.text for word in found.words] == ["Добрый", "день."]
    assert [round(word.probability, 2) for word in found.words] == [0.61, 0.75], (
        "exp(avg_logprob) where a word has none"
    )
    assert (found.language, found.avg_logprob, found.no_speech_prob, found.temperature) == ("ru", -0.5, 0.2, 0.2)


def test_words_inside_segments_are_found_too() -> None:
    segment = {"start": 0.0, "end": 1.0, "words": REPLY["words"]}
    assert len(hypothesis_of({"text": "x", "segments": [segment]}, "ru", 0.0).words) == 2


def test_an_empty_reply_is_silence() -> None:
    assert hypothesis_of({"text": "", "segments": []}, "ru", 0.0).words == ()


@pytest.mark.parametrize(
    "reply", [{}, {"text": "words without times"}, {"text": "x", "words": [{"word": "x"}]}, {"text": "x", "words": [5]}]
)
def test_a_reply_that_cannot_be_read_is_an_error(reply: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError, TypeError, AttributeError)):
        hypothesis_of(reply, "ru", 0.0)


@pytest.mark.parametrize(
    ("spoken", "code"), [("russian", "ru"), ("English", "en"), ("ru", "ru"), ("klingon", ""), ("", "")]
)
def test_languages_have_codes(spoken: str, code: str) -> None:
    assert code_of(spoken) == code


def test_letters_tell_russian_from_english() -> None:
    assert [language_of_letters(text) for text in ("Алло, iPhone у вас есть?", "hello да", "42")] == ["ru", "en", ""]


def test_a_model_folder_says_what_it_is(tmp_path: Path) -> None:
    assert read_card("large-v3-turbo").name == "large-v3-turbo"
    assert not read_card("large-v3-turbo").demo_weights
    assert read_card(str(tmp_path)).name == tmp_path.name
    card = {"name": "demo", "demo_weights": True, "window_seconds": 99, "languages": ["ru", "en"]}
    (tmp_path / "model-card.json").write_text(json.dumps(card))
    found = read_card(str(tmp_path))
    assert (found.name, found.demo_weights, found.window_seconds, found.languages) == ("demo", True, 30.0, ("ru", "en"))
