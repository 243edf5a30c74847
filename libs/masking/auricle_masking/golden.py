"""Golden dialogues without personal data: turns, places, comments and the caller's own name of them."""

from auricle_contracts import Quote, Span, Transcript
from auricle_contracts.golden import GoldenDialogue, GoldenLabel, GoldenPlace, GoldenTurn
from auricle_contracts.masking import MaskingSettings
from auricle_kit.errors import InvalidRequest

from auricle_masking.detection import Detector
from auricle_masking.masks import Mask, mask


def masked(dialogue: GoldenDialogue, detector: Detector) -> GoldenDialogue:
    """The dialogue without personal data. Raises InvalidRequest for a place whose words its turn does not say."""
    transcript = dialogue.transcript("golden")
    hidden = mask(transcript, detector, kinds=MaskingSettings().kinds)
    labels = tuple(_masked(one, dialogue, hidden) for one in dialogue.labels)
    reference = dialogue.reference and hidden.words(dialogue.reference)
    return dialogue.model_copy(update={"reference": reference, "turns": turns_of(hidden.transcript), "labels": labels})


def _masked(label: GoldenLabel, dialogue: GoldenDialogue, hidden: Mask) -> GoldenLabel:
    places = tuple(_place(one, dialogue, hidden) for one in label.places)
    comment = hidden.words(label.comment) if label.comment else label.comment
    value = hidden.words(label.value) if isinstance(label.value, str) else label.value
    return label.model_copy(update={"places": places, "comment": comment, "value": value})


def _place(place: GoldenPlace, dialogue: GoldenDialogue, hidden: Mask) -> GoldenPlace:
    start = dialogue.turns[place.turn - 1].text.find(place.text)
    if start < 0 or not place.text:
        raise InvalidRequest(f"turn {place.turn} does not say the words of a place")
    quote = Quote(turn=place.turn, span=Span(start=start, end=start + len(place.text)), text=place.text)
    return GoldenPlace(turn=place.turn, text=hidden.shown(quote).text[:4000])


def turns_of(transcript: Transcript) -> tuple[GoldenTurn, ...]:
    """Without words and sound, which golden items do not keep."""
    return tuple(
        GoldenTurn(role=one.role, text=one.text, participant=one.participant, start_ms=one.start_ms, end_ms=one.end_ms)
        for one in transcript.turns
    )
