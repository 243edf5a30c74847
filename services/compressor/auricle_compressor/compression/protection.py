"""What a scorecard may ask to be left uncut, beside what is never cut."""

from collections.abc import Iterable
from dataclasses import dataclass

from auricle_kit.errors import InvalidRequest

PROTECTED_LISTS = (
    "negations", "greetings", "farewells", "thanks", "apologies", "politeness", "refusals", "promises", "objections", "conflict",
    "empathy", "rudeness",
)  # fmt: skip
ALWAYS = frozenset(PROTECTED_LISTS) | {
    "numbers", "prices", "names", "verbs", "questions", "answers", "requests", "decisions", "offers",
}  # fmt: skip
ON_REQUEST = frozenset({"backchannels", "holds", "fillers", "repeats", "echoes", "talk"})


@dataclass(frozen=True)
class Protection:
    """Names of `ON_REQUEST` that the criteria of this scorecard need."""

    names: frozenset[str]

    def __contains__(self, name: str) -> bool:
        return name in self.names


def protection(names: Iterable[str]) -> Protection:
    """Checked names. Raises `InvalidRequest`: a misspelt name would protect nothing and nobody would see it."""
    asked = frozenset(names)
    unknown = sorted(asked - ALWAYS - ON_REQUEST)
    if unknown:
        known = ", ".join(sorted(ALWAYS | ON_REQUEST))
        raise InvalidRequest(
            f"nothing to protect is called {', '.join(unknown)[:200]}", action=f"Known names: {known}."
        )
    return Protection(asked & ON_REQUEST)
