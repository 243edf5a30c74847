"""What Postgres does not take is replaced, and nothing else is touched."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from auricle_records.storable import Moment, storable, to_json
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

DIALECT = make_url("postgresql+asyncpg://").get_dialect()()
ANY_TEXT = st.text(st.characters())
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner),
)


@given(ANY_TEXT)
def test_text_becomes_storable_and_keeps_its_length(text: str) -> None:
    kept = storable(text)
    kept.encode()
    assert "\x00" not in kept
    assert len(kept) == len(text), "spans count code points"
    assert storable(kept) == kept


@given(DOCUMENTS)
def test_documents_become_storable_json(document: object) -> None:
    encoded = to_json(document)
    encoded.encode()
    assert json.dumps(json.loads(encoded)) == json.dumps(_expected(document))


def _expected(document: object) -> object:
    if isinstance(document, str):
        return storable(document)
    if isinstance(document, list):
        return [_expected(item) for item in document]
    if isinstance(document, dict):
        return {storable(key): _expected(value) for key, value in document.items()}
    return document


@pytest.mark.parametrize("text", ["\\u0000", "\\\\u0000", "a\\u0000b", "\ufffd", "😀", ""])
def test_what_only_looks_like_a_nul_stays(text: str) -> None:
    assert json.loads(to_json({"a": text})) == {"a": text}


@pytest.mark.parametrize(
    ("given_time", "kept"),
    [
        (datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1, 3, tzinfo=timezone(timedelta(hours=3))), datetime(2026, 1, 1, tzinfo=UTC)),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_times_have_a_zone(given_time: datetime, kept: datetime) -> None:
    assert Moment().process_bind_param(given_time, DIALECT) == kept
