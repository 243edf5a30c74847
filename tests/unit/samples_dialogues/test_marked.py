"""Dialogues labelled with error classes: read strictly, and given as a transcript would be."""

from pathlib import Path

import pytest
from auricle_contracts import Channel, Role
from auricle_samples.dialogues.written.errors import MarkedDialogue, read_marked
from pydantic import ValidationError

DATA = Path(__file__).parents[2] / "data" / "classes.jsonl"


def test_labels_become_places_and_turns_a_transcript() -> None:
    chat, call = read_marked(DATA)
    assert chat.classes == {"blame", "greeting_missing"}
    (place,) = chat.places("blame")
    assert chat.turns[place.turn - 1][1][place.span.start : place.span.end] == place.text
    spoken = call.transcript()
    assert (call.channel, spoken.duration_ms, spoken.turns[0].role) == (Channel.CALL, 6800, Role.AGENT)
    assert [(turn.id, turn.start_ms, turn.end_ms) for turn in spoken.turns][1] == (2, 3100, 4400)
    assert chat.transcript().duration_ms is None


@pytest.mark.parametrize(
    "changed",
    [
        {"errors": [{"class": "blame", "at": [[2, "чужие слова"]]}]},
        {"errors": [{"class": "blame", "at": [[3, "Сами"]]}]},
        {"errors": [{"class": "blame", "at": []}]},
        {"times": [[0, 1]]},
        {"turns": []},
    ],
)
def test_what_does_not_fit_the_dialogue_is_refused(changed: dict[str, object]) -> None:
    good = next(read_marked(DATA)).model_dump(mode="json", by_alias=True)
    assert MarkedDialogue.model_validate(good).id == "c-1"
    with pytest.raises(ValidationError):
        MarkedDialogue.model_validate(good | changed)
