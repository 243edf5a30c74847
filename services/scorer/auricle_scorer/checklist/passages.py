"""Passages of the knowledge base in a question: who finds them, how they are shown, and how many fit into one call.

A passage is a text of others, as the conversation is: it stands inside a fence of its own, each under a label (`K1`, `K2` …).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from auricle_contracts.knowledge import Citation
from auricle_judging.rendering import fenced

from auricle_scorer.checklist.model_step import portions

MOST_CHARS = 1600
"""Of the passages in one call: with them a question of `comment` is about as long as one of `detect`."""
FILLER = fenced({"K1": "отрывок " * (MOST_CHARS // 8)})
"""What stands for the passages where a question is only measured."""
T = TypeVar("T")


class ArticleSearch(Protocol):
    """The workspace's articles that are in force."""

    async def nearest(self, words: str, references: Sequence[str] | None, *, most: int = 1) -> Sequence[Citation]:
        """Passages of these articles (None: of all) that share most with the words, the best first; none where nothing is shared."""
        ...


def labelled(found: Iterable[Citation]) -> Mapping[str, Citation]:
    """Each passage once, under its label."""
    return {f"K{number}": one for number, one in enumerate(dict.fromkeys(found), 1)}


def shown(passages: Mapping[str, Citation]) -> str:
    """The passages under their headings, fenced; nothing where there are none."""
    return fenced({label: text_of(one) for label, one in passages.items()}) if passages else ""


def text_of(passage: Citation) -> str:
    """A passage behind its article's title and its headings."""
    above = " › ".join(dict.fromkeys((passage.title, *passage.headings)))
    return f"{above}: {passage.text}"


def fitting(items: Sequence[T], most: int, passages: Callable[[T], Iterable[Citation]]) -> list[Sequence[T]]:
    """The items in order, in portions of at most `most` of which none shows more than one call has room for; a single item always fits."""
    parts: list[Sequence[T]] = []
    for part in portions(items, most):
        begin, chars = 0, 0
        for place, item in enumerate(part):
            own = sum(len(text_of(one)) for one in passages(item))
            if place > begin and chars + own > MOST_CHARS:
                parts.append(part[begin:place])
                begin, chars = place, 0
            chars += own
        parts.append(part[begin:])
    return parts
