"""What a vocabulary may hold, and what is said of what it may not."""

import pytest
from auricle_contracts.vocabularies import LONGEST_TERM, MOST_TERMS, Vocabulary
from pydantic import ValidationError


def test_terms_keep_their_order_and_lose_their_margins() -> None:
    assert Vocabulary(terms=("  SberPay ", "Аурикл", "8-800")).terms == ("SberPay", "Аурикл", "8-800")


def test_letters_are_composed() -> None:
    assert Vocabulary(terms=("Андреи\u0306",)).terms == ("Андрей",)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (("Аурикл", "аУРИКЛ"), "stands twice"),
        (("—!",), "no letter and no digit"),
        (("два\nслова",), "control character"),
        (("\u202eслово",), "control character"),
        (("x",), "at least 2"),
        (("x" * (LONGEST_TERM + 1),), "at most 60"),
        (tuple(f"слово {number}" for number in range(MOST_TERMS + 1)), "at most 100"),
    ],
)
def test_what_cannot_be_told_says_why(terms: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Vocabulary(terms=terms)
