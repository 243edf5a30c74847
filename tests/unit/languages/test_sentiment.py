"""Sentiment of words: what negation, "very", "but", questions and conditions do. None of these turns is of the measured set."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from auricle_contracts import Role, Turn
from auricle_languages import AnalysedTurn, LanguagePack, Languages, analyse_turn, load_pack, sentiment
from auricle_languages.language import Language
from auricle_languages.sentiment import LONGEST_PHRASE

LANGUAGES = Languages.load(Path("prompts"))
PACKS = [load_pack(path) for path in sorted(Path("prompts/languages").glob("*.yaml"))]


def read(text: str) -> AnalysedTurn:
    return analyse_turn(Turn(id=1, participant="customer", role=Role.CUSTOMER, text=text), LANGUAGES)


def score(text: str) -> float:
    return sentiment(read(text)).score


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("Тариф хороший", "positive"), ("Тариф не хороший", "negative"), ("это был не очень вежливый ответ", "negative"),
        ("Не самый плохой вариант: в общем, я доволен", "positive"), ("сколько можно, не работает", "negative"),
        ("Если будет ужасно, я верну", "neutral"), ("если честно ужасно", "negative"), ("Камера хорошая?", "neutral"),
        ("Почему так плохо?", "negative"), ("Экран красивый, но звук ужасный", "negative"), ("Звук ужасный, но я в восторге", "positive"),
        ("Мне лучше в среду", "neutral"), ("The room was good", "positive"), ("the room was not very good", "negative"),
        ("I can't say it was slow", "neutral"), ("If it is terrible, can I return it", "neutral"), ("I need help", "neutral"),
        ("", "neutral"), ("...", "neutral"), ("15 000 ₽", "neutral"),
    ],
)  # fmt: skip
def test_polarity(text: str, polarity: str) -> None:
    assert sentiment(read(text)).polarity == polarity


def test_words_before_make_it_stronger_or_weaker() -> None:
    assert score("я немного доволен") < score("я доволен") < score("я очень доволен")
    assert score("я очень не доволен") < 0 < score("не ужасно") < score("прекрасно")


def test_the_strongest_phrase_is_told_with_its_negation() -> None:
    turn = read("Сайт красивый, но я совсем не доволен.")
    strongest = sentiment(turn).strongest
    assert strongest
    assert turn.turn.text[turn.tokens[strongest.first].start : turn.tokens[strongest.last].end] == "не доволен"
    assert sentiment(read("Алло")).strongest is None


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.language)
def test_a_pack_is_reachable_and_says_one_thing_of_a_phrase(pack: LanguagePack) -> None:
    language = Language(pack)
    entries = [*language.lexicon.forms, *language.lexicon.lemmas]
    assert max(map(len, entries)) <= LONGEST_PHRASE
    assert len(entries) > 80
    twice = pack.model_copy(
        update={"sentiment": pack.sentiment.model_copy(update={"forms": {1: ("bad",), -1: ("bad",)}})}
    )
    with pytest.raises(ValueError, match="two weights"):
        Language(twice)


class Counted(dict[tuple[str, ...], int]):
    """Counts how often it is asked."""

    asked = 0

    def get(self, key: tuple[str, ...], default: Any = None) -> Any:
        Counted.asked += 1
        return super().get(key, default)


@pytest.mark.parametrize(
    "piece",
    ["не ", "не", "ужас ", "если ", "но ", "очень ", "не могу ", "не очень ", "ни в какие ", "how many ", "а, ", "?"],
)
def test_hostile_text_costs_a_few_look_ups_a_token(piece: str) -> None:
    turn = read(piece * (10_240 // len(piece.encode())))
    lexicon = turn.language.lexicon
    counting: Mapping[tuple[str, ...], int] = Counted(lexicon.forms)
    turn.language.lexicon = replace(lexicon, forms=counting)
    Counted.asked = 0
    try:
        sentiment(turn)
    finally:
        turn.language.lexicon = lexicon
    assert Counted.asked <= LONGEST_PHRASE * len(turn.tokens)
    assert (Counted.asked > 0) == (
        not lexicon.reach.keys().isdisjoint((*turn.lemmas, *(token.norm for token in turn.tokens)))
    )


def lifted(phrases: Iterable[str], turns: str) -> list[str]:
    """Phrases of three words and more that stand in the turns as they are; shorter ones are how everybody speaks."""
    bare = re.sub(r"[^\w ]", "", turns.lower())
    return [phrase for phrase in phrases if len(phrase.split()) >= 3 and phrase in bare]


def test_the_measured_set_gives_no_phrase_of_its_own() -> None:
    turns = Path("tests/data/sentiment/turns.jsonl").read_text("utf-8")
    assert lifted(["верните мне деньги", "деньги", "сто лет одиночества"], turns) == ["верните мне деньги"]
    for pack in PACKS:
        groups = [*pack.sentiment.weights.values(), *pack.sentiment.forms.values()]
        assert lifted([phrase for group in groups for phrase in group], turns) == []
