"""Hot words: names and products that an engine is told before it listens. A hint may also be repeated where nobody said it. Pure."""

from collections.abc import Callable, Sequence

from auricle_asr.speech.engine import Hypothesis
from auricle_asr.speech.phrases import normalised

ECHOED_TERMS = 3


def fitting(terms: Sequence[str], most: int, size: Callable[[str], int]) -> list[str]:
    """As many terms from the front as are together no larger than `most`: a half of a name is worse than none."""
    kept, used = [], 0
    for term in terms:
        used += size(term)
        if used > most:
            break
        kept.append(term)
    return kept


def is_echo(heard: Hypothesis, terms: Sequence[str]) -> bool:
    """Whether the window says nothing but terms, three or more in the order of the list: the model has read out its hint."""
    said = normalised(heard.text)
    found = 0
    for term in map(normalised, terms):
        if term and f"{said} ".startswith(f"{term} "):
            said, found = said[len(term) :].lstrip(), found + 1
        elif found:
            break
    return found >= ECHOED_TERMS and not said
