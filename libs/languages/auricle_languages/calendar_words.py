"""The words of days and months of one language, by lemma."""

from collections.abc import Callable
from dataclasses import dataclass

from auricle_languages.pack import DateWords


@dataclass(frozen=True)
class Calendar:
    """`triggers`: without one of them, a turn without digits names no day."""

    months: dict[str, int]
    weekdays: dict[str, str]
    relative: dict[str, int]
    spans: dict[str, int]
    ordinals: dict[str, int]
    suffixes: frozenset[str]
    links: frozenset[str]
    ahead: frozenset[str]
    ago: frozenset[str]
    day_words: frozenset[str]
    triggers: frozenset[str]

    @classmethod
    def of(cls, words: DateWords, lemma: Callable[[str], str]) -> "Calendar":
        """The pack's words, lemmatised."""
        months, ordinals = (
            {lemma(word): value for word, value in one.items()} for one in (words.months, words.ordinals)
        )
        weekdays = {lemma(word): str(day) for word, day in words.weekdays.items()}
        relative, spans = ({lemma(word): days for word, days in one.items()} for one in (words.relative, words.spans))
        ahead, ago, day_words, suffixes, links = (
            frozenset(map(lemma, one)) for one in (words.ahead, words.ago, words.day_words, words.suffixes, words.links)
        )
        triggers = frozenset((*months, *weekdays, *relative, *ahead, *ago, *day_words, *ordinals))
        return cls(months, weekdays, relative, spans, ordinals, suffixes, links, ahead, ago, day_words, triggers)
