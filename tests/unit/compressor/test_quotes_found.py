"""What a model copies from a digest is found again in the transcript: through removed pieces, counts and joined turns."""

from itertools import pairwise
from pathlib import Path

import pytest
from auricle_compressor.compression import compress
from auricle_contracts import CompressRequest, Level
from auricle_judging import PromptLine, find_quote
from auricle_judging.polarity import polar
from auricle_judging.quoting import words_of
from auricle_languages import Languages
from auricle_samples.planted import DENSITIES, planted_call

LANGUAGES = Languages.load(Path("prompts"))
QUOTE_WORDS, STEP = 6, 3


@pytest.mark.parametrize(
    ("level", "share"), [(Level.LIGHT, 1.0), (Level.MEDIUM, 1.0), (Level.HARD, 0.98), (None, 0.98)]
)
def test_quotes_of_six_words_are_found(level: Level | None, share: float) -> None:
    asked, found = 0, 0
    for density in DENSITIES:
        transcript = planted_call(2, "dev", density).transcript()
        draft = compress(CompressRequest(transcript=transcript, level=level), LANGUAGES)
        shown = {
            f"T{one.turns[0]}": PromptLine(f"T{one.turns[0]}", one.role, one.text, one.turns) for one in draft.lines
        }
        for label, line in shown.items():
            words = line.text.split()
            for first in range(0, max(1, len(words) - QUOTE_WORDS + 1), STEP):
                if _cuts(words, first):
                    continue
                quote = " ".join(words[first : first + QUOTE_WORDS])
                asked += 1
                found += find_quote(quote, label, shown, transcript) is not None
    assert asked > 50
    assert found >= share * asked


def _cuts(words: list[str], first: int) -> bool:
    """Whether the quote would end inside a number, or beside a negation or modal: those are not to be found (tests of judging)."""
    beside = words[max(0, first - 1) : first] + words[first + QUOTE_WORDS : first + QUOTE_WORDS + 1]
    return bool(polar([token.text for token in words_of(" ".join(beside))]))


def test_labels_are_the_first_turns_and_rise() -> None:
    draft = compress(CompressRequest(transcript=planted_call(2, "dev", "ordinary").transcript()), LANGUAGES)
    assert all(one.turns[0] < other.turns[0] for one, other in pairwise(draft.lines))
