"""Byte ranges as players ask for them, and as nobody should."""

import pytest
from auricle_gateway.rest.ranges import ByteRange, parse
from auricle_records.errors import RangeNotSatisfiable
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, 100),
        ("bytes=10-19", 10, 20),
        ("bytes=90-200", 90, 100),
        ("bytes=-10", 90, 100),
        ("bytes=-500", 0, 100),
    ],
)
def test_ranges(header: str, start: int, end: int) -> None:
    assert parse(header, 100) == ByteRange(start, end)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes=",
        "bytes=-",
        "items=0-1",
        "bytes=0-1,3-4",
        "bytes=5-2",
        "bytes=a-b",
        "bytes=0-1;x",
        "bytes=" + "9" * 40 + "-",
    ],
)
def test_what_is_not_understood_gets_the_whole(header: str | None) -> None:
    assert parse(header, 100) is None


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=100-", 100), ("bytes=200-300", 100), ("bytes=-0", 100), ("bytes=0-", 0)]
)
def test_behind_the_end(header: str, size: int) -> None:
    with pytest.raises(RangeNotSatisfiable) as refused:
        parse(header, size)
    assert refused.value.headers["Content-Range"] == f"bytes */{size}"


@given(st.text(max_size=30), st.integers(0, 1000))
def test_no_header_leads_outside(header: str, size: int) -> None:
    try:
        found = parse("bytes=" + header, size)
    except RangeNotSatisfiable:
        return
    assert found is None or 0 <= found.start < found.end <= size
