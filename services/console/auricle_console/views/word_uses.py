"""Words that go with a choice, ready to draw: how far, of how many, with quotes and the list behind each. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

from auricle_contracts.word_uses import WordQuoteView, WordUsesView, WordUseView

from auricle_console import narrowing
from auricle_console.formatting import number
from auricle_console.wording import Wording

Query = dict[str, str]


@dataclass(frozen=True)
class WordRow:
    """A word; `query` is that of the list of its side's conversations that say it, `few`: it may be chance."""

    word: str
    chosen: int
    others: int
    times: str
    interval: str
    few: bool
    quotes: tuple[WordQuoteView, ...]
    query: Query


@dataclass(frozen=True)
class WordUsesPage:
    """Both sides."""

    chosen: int
    others: int
    compared: int
    is_cut: bool
    with_choice: tuple[WordRow, ...]
    with_others: tuple[WordRow, ...]


def word_uses_page(
    found: WordUsesView, asked: Mapping[str, str], picked: Mapping[str, str], words: Wording
) -> WordUsesPage:
    """`asked` is what the page is narrowed to, `picked` what is chosen from it."""
    narrowed = _chosen(asked, picked)
    return WordUsesPage(
        chosen=found.chosen,
        others=found.others,
        compared=found.compared,
        is_cut=found.is_cut,
        with_choice=tuple(_row(one, narrowed, words) for one in found.with_choice),
        with_others=tuple(_row(one, dict(asked), words) for one in found.with_others),
    )


def _row(one: WordUseView, asked: Query, words: Wording) -> WordRow:
    """Odds as "so many times"; on the side of the rest the inverse."""
    sign = 1 if one.log_odds >= 0 else -1
    low, high = sorted((sign * one.low, sign * one.high))
    times, least, most = (number(exp(value), words.language) for value in (sign * one.log_odds, low, high))
    return WordRow(
        word=one.word,
        chosen=one.chosen,
        others=one.others,
        times=times,
        interval=f"{least}–{most}",
        few=not one.is_told,
        quotes=one.quotes,
        query={**asked, "text": f"{asked['text']} {one.word}" if "text" in asked else one.word},
    )


def _chosen(asked: Mapping[str, str], picked: Mapping[str, str]) -> Query:
    """The list of the choice; an appeal is no filter of it."""
    made = dict(asked)
    for name in ("error_class", "answer"):
        if given := picked.get(f"choice_{name}"):
            made[name] = narrowing.joined([*narrowing.parts(asked.get(name, "")), *narrowing.parts(given)])
    made |= {name: picked[f"choice_{name}"] for name in ("score_below", "score_from") if f"choice_{name}" in picked}
    return made
