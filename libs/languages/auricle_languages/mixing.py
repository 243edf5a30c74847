"""Which languages a turn mixes, by its letters and words.

letters of a pack's script            that language                    "привет"
letters or words that a neighbour has that neighbour                   "мені", "дякую" → uk; "қайда" → kk
Latin that reads as known words       <language>-Latn                  "kogda budet dostavka" → ru-Latn
letters of no pack                    other
A word that two neighbours may write goes with the nearest one that tells.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

from auricle_languages.language import Language, Languages

OTHER = "other"
FEWEST_WORDS = 2  # of another language in a turn; a brand is no switch
SHORTEST_TELLING = 3  # letters of a word that tells transliteration: "on" and "to" are English too
LEAST_READABLE, MOST_STOPWORDS = 0.5, 0.25  # shares of the Latin words of a turn that is transliterated
_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?!\w)")


Spoken = Mapping[str, Sequence[str]]


def mix(text: str, languages: Languages) -> Counter[str]:
    """Letters by language."""
    return letters(spoken_words(text, languages))


def letters(spoken: Spoken) -> Counter[str]:
    """Letters by language, of words by language."""
    return Counter({name: sum(map(len, words)) for name, words in spoken.items()})


def mixes(text: str, languages: Languages) -> bool:
    """Whether a second language is really spoken."""
    return switches(spoken_words(text, languages), languages)


def switches(spoken: Spoken, languages: Languages) -> bool:
    """Whether a second language is really spoken: two words and more, not all of which may be names."""
    by_name = {one.pack.language: one for one in languages}
    return len(spoken) > 1 and sum(_is_spoken(words, by_name.get(name)) for name, words in spoken.items()) > 1


def _is_spoken(words: Sequence[str], language: Language | None) -> bool:
    """Without a pack nothing is known of names."""
    known = language is None or any(language.morphology.is_everyday(word) for word in words)
    return len(words) >= FEWEST_WORDS and known


def spoken_words(text: str, languages: Languages) -> dict[str, list[str]]:
    """The words by language."""
    said: dict[Language | None, list[str]] = {}
    for word in _WORD.findall(text.lower()):
        said.setdefault(languages.written(word).language, []).append(word)
    spoken: dict[str, list[str]] = {}
    for language, words in said.items():
        reader = next((one for one in languages if _is_transliterated(words, language, one)), None)
        if language is None or reader is not None:
            spoken.setdefault(OTHER if reader is None else f"{reader.pack.language}-Latn", []).extend(words)
            continue
        for word, name in zip(words, _named(words, language, languages), strict=True):
            spoken.setdefault(name, []).append(word)
    return spoken


def _named(words: Sequence[str], language: Language, languages: Languages) -> list[str]:
    """The language of each word of a script: the pack's, or that neighbour's that most words tell."""
    own = language.pack.language
    tells = [languages.written(word).neighbours for word in words]
    # A word that both languages have ("доброго", "бар") tells only beside one that is the neighbour's alone.
    sure = [
        names for word, names in zip(words, tells, strict=True) if names and not language.morphology.is_everyday(word)
    ]
    if not sure:
        return [own] * len(words)
    name, _ = Counter(chain.from_iterable(sure)).most_common(1)[0]
    neighbour = language.pack.neighbours[name]
    told = [
        (place, own if neighbour.lacks(word) else name)
        for place, word in enumerate(words)
        if neighbour.lacks(word) or name in tells[place]
    ]
    return [_nearest(told, place) for place in range(len(words))]


def _nearest(told: Sequence[tuple[int, str]], place: int) -> str:
    """What the nearest of the places that tell says; of two the earlier."""
    after = bisect_left(told, (place, ""))
    around = told[max(0, after - 1) : after + 1]
    return min(around, key=lambda one: abs(one[0] - place))[1]


def _is_transliterated(words: Sequence[str], written: Language | None, language: Language) -> bool:
    """Whether most of the words, written in another script, are words of this language when read back.

    Nouns alone tell nothing: "order status" are two Russian words.
    """
    telling = [word for word in words if len(word) >= SHORTEST_TELLING]
    if written in (language, None) or not language.pack.transliteration or len(telling) < FEWEST_WORDS:
        return False
    if sum(written.morphology.is_everyday(word) for word in words) > MOST_STOPWORDS * len(words):
        return False
    back = [_read_back(word, language.pack.transliteration) for word in telling]
    known = [word for word in back if language.morphology.is_everyday(word)]
    return len(known) > LEAST_READABLE * len(telling) and not all(
        language.morphology.analyse(word).noun for word in known
    )


def _read_back(word: str, table: Mapping[str, str]) -> str:
    """In the language's own letters, the longest syllables first."""
    return re.sub("|".join(sorted(table, key=len, reverse=True)), lambda match: table[match.group()], word)
