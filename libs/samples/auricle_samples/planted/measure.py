"""Which planted facts a shortened text still has. Home-made on purpose: it shares no code with what it measures."""

import re
from collections.abc import Iterable

from auricle_contracts import DigestLine

from auricle_samples.planted.call import Fact

_WORD = re.compile(r"\w+")


def kept(fact: Fact, lines: Iterable[DigestLine]) -> bool:
    """Whether one line of the fact's speaker that stands for one of its turns has its words, in order."""
    wanted = _words(fact.words)
    return any(
        line.role is fact.role and not set(fact.turns).isdisjoint(line.turns) and _in_order(wanted, _words(line.text))
        for line in lines
    )


def _words(text: str) -> list[str]:
    return [word.lower().replace("ё", "е") for word in _WORD.findall(text)]


def _in_order(wanted: list[str], said: list[str]) -> bool:
    left = iter(said)
    return all(word in left for word in wanted)
