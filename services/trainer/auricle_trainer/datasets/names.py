"""Names of people as analysts write them: one person under one spelling, told by a pseudonym."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

PSEUDONYM = "person-"


@dataclass(frozen=True)
class Aligned:
    """`spellings`: how a person was written most, by what all spellings have in common."""

    spellings: dict[str, str]
    changed: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, names: Iterable[str]) -> "Aligned":
        """Spellings differ by case, spaces, ё and full stops, and are one name all the same."""
        counted = Counter(names)
        by_key: dict[str, list[str]] = {}
        for name in sorted(counted, key=lambda one: (-counted[one], one)):
            by_key.setdefault(_key(name), []).append(name)
        spellings = {key: some[0] for key, some in by_key.items()}
        changed = tuple((name, some[0]) for some in by_key.values() for name in some[1:])
        return cls(spellings, changed)

    def canonical(self, name: str) -> str:
        """The spelling that stands for all of this person's."""
        return self.spellings.get(_key(name), name)

    def pseudonym(self, name: str) -> str:
        """The same for all spellings; a pseudonym is its own."""
        if name.startswith(PSEUDONYM):
            return name
        return PSEUDONYM + hashlib.sha256(_key(name).encode()).hexdigest()[:8]


def _key(name: str) -> str:
    return " ".join(name.casefold().replace("ё", "е").replace(".", " ").split())
