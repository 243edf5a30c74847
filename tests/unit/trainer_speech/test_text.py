"""Numbers in words, forbidden lemmas, and the promises of the committed test set."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from auricle_samples.dialogues.numerals import UNITS, ru_plural, ru_words
from auricle_samples.voice.voices import TRAINING
from auricle_trainer.speech import testset
from auricle_trainer.speech.lexicon import Lexicon
from auricle_trainer.speech.numerals import day_of_month
from auricle_trainer.speech.prose import Prose


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "ноль"),
        (17, "семнадцать"),
        (40, "сорок"),
        (121, "сто двадцать один"),
        (2000, "две тысячи"),
        (21_500, "двадцать одна тысяча пятьсот"),
        (999_999, "девятьсот девяносто девять тысяч девятьсот девяносто девять"),
    ],
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert ru_words(number) == words


def test_nouns_and_days_agree() -> None:
    assert [ru_plural(n, UNITS["рубль"]) for n in (1, 3, 5, 11, 22, 112)] == [
        "рубль", "рубля", "рублей", "рублей", "рубля", "рублей",
    ]  # fmt: skip
    assert [day_of_month(day) for day in (1, 20, 21, 30, 31)] == [
        "первого", "двадцатого", "двадцать первого", "тридцатого", "тридцать первого",
    ]  # fmt: skip


def test_a_seed_gives_the_same_sentences(lexicon: Lexicon) -> None:
    first, second = (list(islice(Prose(lexicon, np.random.default_rng(3)).sentences(), 50)) for _ in range(2))
    assert first == second
    assert all(word.replace("-", "").isalpha() and word == word.lower() for text in first for word in text.split())


def test_forbidden_lemmas_occur_only_when_they_are_not_forbidden(lexicon: Lexicon) -> None:
    unseen = testset.load().unseen
    said = ("мне нужна помощь", *(spoken.text for spoken in testset.load().utterances[:200]))

    def words(forbidden: frozenset[str]) -> set[str]:
        texts = Prose(lexicon, np.random.default_rng(4), forbidden, said).sentences()
        return {word for text in islice(texts, 800) for word in text.split()}

    assert not [word for word in words(unseen) if lexicon.lemma_of(word) & unseen]
    assert [word for word in words(frozenset()) if lexicon.lemma_of(word) & unseen]


def test_the_committed_test_set_keeps_its_promises(lexicon: Lexicon) -> None:
    test = testset.load()
    words = [word for spoken in test.utterances for word in spoken.text.split()]
    types = set(words)
    assert len(words) >= 5000
    assert sum(bool(lexicon.lemma_of(word) & test.unseen) for word in types) / len(types) >= 0.3
    assert len({spoken.voice for spoken in test.utterances}) >= 20
    assert not {spoken.voice.variant for spoken in test.utterances} & set(TRAINING)
