"""Words that turn a sentence around: negations, numbers and modals of Russian and English, by their folded form.

A quote with one of them more, less or other says something else, however alike the letters are. So evidence matching never skips,
changes or cuts one off. Word forms are spelt out as patterns: the set is closed, and no morphology has to be loaded to read it.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz


class Polarity(StrEnum):
    """What a word does to a sentence."""

    NEGATION = "negation"
    NUMBER = "number"
    MODAL = "modal"


_ORDINAL = "(?:ый|ий|ая|яя|ое|ее|ого|его|ому|ему|ым|им|ом|ем|ой|ей|ую|юю|ые|ие|ых|их|ыми|ими)"
_PATTERNS = {
    Polarity.NEGATION: rf"""
        не|ни|нет|нету|без|безо|нельзя|невозможн\w*|никогда|никто|никого|никому|никем|ничто|ничего|ничему|ничем|никак|никак{_ORDINAL}
        |нигде|никуда|ниоткуда|некому|некого|нечего|нечем|вряд|навряд|едва|отнюдь|отказ\w*|откаж\w*|запре[тщ]\w*|против|кроме|исключен\w*
        |no|not|never|none|nobody|nothing|nowhere|neither|nor|nope|without|hardly|barely|scarcely|unable|cannot|refus\w+|deny|denies|denied
        |except|\w+n't|dont|cant|wont|isnt|arent|wasnt|werent|doesnt|didnt|wouldnt|shouldnt|couldnt|havent|hasnt|hadnt|aint
    """,
    Polarity.NUMBER: rf"""
        \w*\d[\w.-]*|нол[ьюея]м?|нул[ьюея]\w*|один|одн(?:а|о|и|у|ой|ою|ого|ому|ом|им|их|ими)|дв(?:а|е|ух|ум|умя|ое|оих)|об[ае]
        |тр(?:и|ех|ем|емя|ое|оих)|четыр(?:е|ех|ем|ьмя)|четвер(?:о|ых)|(?:пят|шест|сем|девят|десят)(?:ь|и|ью)|вос(?:емь|ьми|емью)
        |(?:пятер|шестер|семер)(?:о|ых)|\w+надцат(?:ь|и|ью)|(?:два|три)дцат(?:ь|и|ью)|сорока?|(?:пят|шест|сем|вос)\w{{1,2}}десят\w{{0,2}}|девяност[оа]
        |ст[оа]|двести|двухсот|тр(?:и|ех)(?:ста|сот)|четыр\w+(?:ста|сот)|(?:пят|шест|сем|вос|девят)\w+сот|\w+ста[мх]|\w+стами|сот(?:ня|ни|ню|ен|нями)
        |тысяч\w*|тыс|миллион\w*|миллиард\w*|млн|млрд|полтор\w+|половин\w+|пол|пополам|четверть|треть|дюжин\w+|вдвое|втрое
        |(?:перв|втор|четверт|пят|шест|седьм|восьм|девят|десят|\w+надцат|двадцат|тридцат|сороков|\w+десят|девяност|сот|\w+сот){_ORDINAL}
        |трет(?:ий|ьего|ьему|ьим|ьем|ья|ьей|ью|ье|ьи|ьих|ьими)
        |zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?
        |hundreds?|thousands?|millions?|billions?|dozens?|half|quarter|once|twice|thrice|first|second|third|\w+(?:teen|tie)th
        |(?:four|fif|six|seven|eigh|nin|ten|eleven|twelf)th
    """,
    Polarity.MODAL: r"""
        с?мо(?:гу|жешь|жет|жем|жете|гут|г|гла|гло|гли)|можно|возможно|долж(?:ен|на|но|ны)|надо|нужно|обязан[аоы]?|обязательно|следует
        |прид(?:ется|утся)|пришлось|вынужден\w?|разреш\w+|бы|ли|если
        |can|could|may|might|must|shall|should|will|would|ought|able|\w+'(?:ll|d)|if|unless
    """,
}
_COMPILED = {kind: re.compile(rf"(?:{pattern})\Z", re.VERBOSE) for kind, pattern in _PATTERNS.items()}
_NEGATIVE_PREFIXES = ("не", "ни", "без", "бес", "un", "in", "im", "ir", "il", "dis", "non")
_SAME_STEM = 75.0


@lru_cache(50_000)
def polarity_of(word: str) -> Polarity | None:
    """Of a folded word (`fold_word`); None for a word that only names something."""
    return next((kind for kind, pattern in _COMPILED.items() if pattern.match(word)), None)


def polar(words: Sequence[str]) -> list[str]:
    """The negations, numbers and modals among folded words, in order; «как бы» is a filler, which compression removes."""
    before = ("", *words)
    return [
        word for last, word in zip(before, words, strict=False) if polarity_of(word) and (last, word) != ("как", "бы")
    ]


def same_polarity(quote: Sequence[str], found: Sequence[str]) -> bool:
    """Whether two nearly equal runs of folded words hold the very same negations, numbers and modals, prefixes included."""
    if polar(quote) != polar(found):
        return False
    only_quote, only_found = set(quote) - set(found), set(found) - set(quote)
    return not any(_negates(one, other) for one in only_quote for other in only_found)


def _negates(one: str, other: str) -> bool:
    """Whether one word is the other with a negative prefix: "возможно" and "невозможно"."""
    short, long = sorted((one, other), key=len)
    return any(
        long.startswith(prefix)
        and not short.startswith(prefix)
        and fuzz.ratio(long[len(prefix) :], short) >= _SAME_STEM
        for prefix in _NEGATIVE_PREFIXES
    )
