"""How far people agree with each other, in words, beside figures of the model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auricle_console.formatting import number
from auricle_console.replies import Reply
from auricle_console.wording import Wording


class HumanAgreement(Reply):
    """Of one criterion or error class, shares 0-1; `seen`: the second of two reviewers could see the first."""

    subject: str
    n: int
    share: float
    low: float
    high: float
    few: bool
    seen: bool


class HumanAgreements(Reply):
    """What is not listed was not measured."""

    items: tuple[HumanAgreement, ...]


@dataclass(frozen=True)
class Ceilings:
    """By criterion or error class."""

    told: Mapping[str, str]
    otherwise: str

    def of(self, subject: str) -> str:
        """The share with its interval and n; that it was not measured."""
        return self.told.get(subject, self.otherwise)


def ceilings(found: Sequence[HumanAgreement], words: Wording) -> Ceilings:
    """As the pages say it."""
    return Ceilings({one.subject: _told(one, words) for one in found}, words("ceiling.none"))


def _told(one: HumanAgreement, words: Wording) -> str:
    if one.few:
        return words("ceiling.few", n=one.n)
    share, low, high = (number(100 * each, words.language, 0) for each in (one.share, one.low, one.high))
    return words("ceiling.seen" if one.seen else "ceiling.share", share=share, low=low, high=high, n=one.n)
