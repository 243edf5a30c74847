"""The words hold together: closed models, stable recipe hashes, streams of one slot."""

import pytest
from auricle_contracts import ConversationIn, Priority, Recipe, Span, Step, stream_of, streams_of
from pydantic import ValidationError

RECIPE = Recipe(scorecard="s", flow="f", language_model="m", speech_model="w", rules="r")


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ValidationError, match="extra"):
        ConversationIn.model_validate({"chanel": "call"})


def test_a_recipe_is_its_content() -> None:
    assert RECIPE.hash == RECIPE.model_copy().hash
    assert RECIPE.hash != RECIPE.model_copy(update={"rules": "other"}).hash
    assert len(RECIPE.hash) == 16


def test_streams_of_a_step_share_a_slot() -> None:
    live, backfill = streams_of(Step.TRANSCRIBE)
    assert live == stream_of(Step.TRANSCRIBE, Priority.LIVE)
    assert {name[name.index("{") : name.index("}")] for name in (live, backfill)} == {"{auricle"}


def test_only_one_body() -> None:
    with pytest.raises(ValidationError, match="one of turns"):
        ConversationIn(recording_url="https://a.example/x.wav", upload_id="u1")


def test_turns_name_known_participants() -> None:
    body = {"participants": [{"id": "a", "role": "agent"}], "turns": [{"participant": "b", "text": "да"}]}
    with pytest.raises(ValidationError, match="'b'"):
        ConversationIn.model_validate(body)


@pytest.mark.parametrize("value", ["", "a\nb", "a\x00b", "я" * 257])
def test_references_hold_no_control_characters(value: str) -> None:
    with pytest.raises(ValidationError):
        ConversationIn(external_id=value)


def test_a_span_is_ordered() -> None:
    with pytest.raises(ValidationError, match="before it starts"):
        Span(start=3, end=2)
