"""Words that a person chose become quotes: the transcript that they saw, spans of whole words, the original's own text and ms. Pure."""

from collections.abc import Sequence

from auricle_contracts import FindingPlace, Quote, Span, Transcript, Turn
from auricle_contracts.alignment import times_of
from auricle_kit.errors import InvalidRequest
from auricle_masking import Mask

COPY = "Take turn and span from GET /v1/conversations/{id}/transcript, asked with the same `unmasked`."


def quotes_of(places: Sequence[FindingPlace], transcript: Transcript, hidden: Mask | None) -> tuple[Quote, ...]:
    """The places as quotes of `transcript`, each once, in the order of the conversation. Raises InvalidRequest.

    `hidden`: the mask under which the person saw it, whose spans are of masked words.
    """
    seen = {turn.id: turn for turn in (hidden.transcript if hidden else transcript).turns}
    spoken = {turn.id: turn for turn in transcript.turns}
    found = [_quote(place, seen.get(place.turn), spoken, hidden) for place in places]
    return tuple(dict.fromkeys(sorted(found, key=lambda one: (one.turn, one.span.start))))


def _quote(place: FindingPlace, seen: Turn | None, spoken: dict[int, Turn], hidden: Mask | None) -> Quote:
    if seen is None:
        raise InvalidRequest(f"the transcript has no turn {place.turn}", action=COPY)
    span = _whole_words(seen.text, place)
    quote = Quote(turn=place.turn, span=span, text=seen.text[span.start : span.end])
    quote = hidden.restored(quote) if hidden else quote
    start_ms, end_ms = times_of(spoken[place.turn], quote.span)
    return quote.model_copy(update={"start_ms": start_ms, "end_ms": end_ms})


def _whole_words(text: str, place: FindingPlace) -> Span:
    """The span without outer spaces, out to the borders of its words. Raises InvalidRequest."""
    start, end = place.span.start, place.span.end
    if end > len(text) or not text[start:end].strip():
        raise InvalidRequest(f"turn {place.turn} has no words at {start}-{end}", action=COPY)
    if place.text is not None and place.text.strip() != text[start:end].strip():
        raise InvalidRequest(f"turn {place.turn} says something else at {start}-{end}", action=COPY)
    start += len(text[start:end]) - len(text[start:end].lstrip())
    end = start + len(text[start:end].rstrip())
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return Span(start=start, end=end)
