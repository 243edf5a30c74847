"""A detection says no more than it has: found rests on quotes, doubt has its reason."""

import pytest
from auricle_contracts import Detection, DetectionState, Layer, Quote, Span
from pydantic import ValidationError

QUOTE = Quote(turn=1, span=Span(start=0, end=4), text="Алло")


def a_detection(state: DetectionState, *, quotes: tuple[Quote, ...] = (), why: str | None = None) -> Detection:
    return Detection(
        error_class="greeting_missing",
        version="greeting_missing@0",
        state=state,
        quotes=quotes,
        why=why,
        source=Layer.RULE,
    )


def test_what_is_found_has_a_quote_and_nothing_else_has_one() -> None:
    assert a_detection(DetectionState.FOUND, quotes=(QUOTE,)).step == "rules"
    with pytest.raises(ValidationError):
        a_detection(DetectionState.FOUND)
    with pytest.raises(ValidationError):
        a_detection(DetectionState.NOT_FOUND, quotes=(QUOTE,))


@pytest.mark.parametrize("state", [DetectionState.NO_OPPORTUNITY, DetectionState.UNDETERMINED])
def test_what_could_not_be_or_not_be_told_has_its_reason(state: DetectionState) -> None:
    assert a_detection(state, why="no_event").why == "no_event"
    with pytest.raises(ValidationError):
        a_detection(state)
