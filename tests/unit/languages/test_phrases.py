"""The automaton's hits against a search that looks at every place, over random lemmas: overlaps, empty texts, empty phrases."""

import random
from collections.abc import Sequence

import pytest
from auricle_languages import Hit, PhraseBook

WORDS = ("а", "б", "в")
Lemmas = tuple[str, ...]


def some(rng: random.Random, fewest: int, most: int) -> Lemmas:
    return tuple(rng.choice(WORDS) for _ in range(rng.randrange(fewest, most)))


def looked_for(lists: dict[str, list[Lemmas]], text: Sequence[str]) -> list[Hit]:
    found = {
        Hit(label, "\n".join(phrase), first, first + len(phrase) - 1)
        for label, phrases in lists.items()
        for phrase in filter(None, phrases)
        for first in range(len(text))
        if tuple(text[first : first + len(phrase)]) == phrase
    }
    return sorted(found, key=lambda hit: (hit.first, hit.last, hit.label))


@pytest.mark.parametrize("seed", range(200))
def test_every_hit_is_at_its_place(seed: int) -> None:
    rng = random.Random(seed)
    lists = {label: [some(rng, 0, 4) for _ in range(3)] for label in "123"}
    texts = [some(rng, 0, 9) for _ in range(rng.randrange(6))]
    assert PhraseBook(lists).find_all(texts) == [looked_for(lists, text) for text in texts]
