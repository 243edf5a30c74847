"""Numbers as words, the phrase grammar, and noise."""

import random

import pytest
from auricle_samples.dialogues.disfluency import FILLERS, disfluent
from auricle_samples.dialogues.grammar import GrammarError, expand
from auricle_samples.dialogues.noise import misheard, plain
from auricle_samples.dialogues.numerals import amount, en_words, ru_words


@pytest.mark.parametrize(
    ("number", "unit", "words", "digits"),
    [
        (1, "рубль", "один рубль", "1 рубль"),
        (1200, "рубль", "одна тысяча двести рублей", "1200 рублей"),
        (22, "минута", "двадцать две минуты", "22 минуты"),
        (111, "день", "сто одиннадцать дней", "111 дней"),
        (45000, "рубль", "сорок пять тысяч рублей", "45 000 рублей"),
        (1250, "pounds", "one thousand two hundred fifty pounds", "1,250 pounds"),
    ],
)
def test_amounts(number: int, unit: str, words: str, digits: str) -> None:
    assert amount(number, unit, spoken=True) == words
    assert amount(number, unit, spoken=False) == digits


@pytest.mark.parametrize("number", [-1, 1_000_000])
def test_numbers_outside_the_range_are_refused(number: int) -> None:
    for words in (ru_words, en_words):
        with pytest.raises(ValueError, match="outside"):
            words(number)


def test_the_grammar_chooses_forms_and_slots() -> None:
    rng = random.Random(1)
    assert expand("{я|я} понял(а) <x>, рад(/а)", rng, {"x": "вас"}, female=True) == "Я поняла вас, рада"
    assert expand("понял(а) сам(/а)", rng, {}) == "Понял сам"
    assert expand("{раз|раз} . два", rng, {}) == "Раз. Два"


@pytest.mark.parametrize("broken", ["{а|б", "(а/б", "<нет>"])
def test_a_broken_template_is_an_error(broken: str) -> None:
    with pytest.raises(GrammarError):
        expand(broken, random.Random(1), {})


def test_noise_has_about_the_wanted_rate() -> None:
    text = " ".join(f"слово{number}" for number in range(2000))
    noisy = misheard(text, random.Random(5), 0.2).split()
    changed = len(set(plain(text).split()) - set(noisy))
    assert 0.15 < changed / 2000 < 0.25
    assert misheard("Ёлка, да!", random.Random(5), 0.0) == "елка да"


def test_disfluencies_keep_the_words_in_order_at_the_stated_rate() -> None:
    words = [f"слово{number}" for number in range(4000)]
    text = disfluent(" ".join(words), random.Random(3), FILLERS["ru"]).split()
    assert list(dict.fromkeys(word for word in text if word.startswith("слово"))) == words
    assert 0.02 < text.count("э,") / 4000 * len(FILLERS["ru"]) < 0.04 or len(text) > 4050
