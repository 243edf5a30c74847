"""Numbers as they are said: a dictated one is one number, however many words it takes."""

from collections.abc import Iterable

from auricle_languages import AnalysedTurn


def is_figure(read: AnalysedTurn, number: int) -> bool:
    """Whether the token is a number, a money sign, a spoken number or an ordinal."""
    analysis = read.analyses[number]
    return read.tokens[number].kind != "word" or analysis.lemma in read.language.number_words or analysis.ordinal


def said(read: AnalysedTurn, tokens: Iterable[int]) -> frozenset[str]:
    """The numbers among these tokens, in order of the tokens; neighbours are one ("восемь восемь семь")."""
    runs: list[str] = []
    last = None
    for number in (n for n in tokens if is_figure(read, n)):
        norm = read.tokens[number].norm
        if last == number - 1:
            runs[-1] += f" {norm}"
        else:
            runs.append(norm)
        last = number
    return frozenset(runs)
