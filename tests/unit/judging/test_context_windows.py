"""Windows hold every line in order, and each fits."""

import pytest
from auricle_contracts import DigestLine, Role
from auricle_judging import context_windows
from hypothesis import given
from hypothesis import strategies as st


async def by_chars(text: str) -> int:
    """A token for three code points."""
    return len(text) // 3


def lines(*texts: str) -> list[DigestLine]:
    return [DigestLine(turns=(n,), role=Role.AGENT, text=text) for n, text in enumerate(texts, 1)]


async def test_what_fits_stays_whole() -> None:
    assert await context_windows.windows(lines("раз", "два"), 100, by_chars) == [tuple(lines("раз", "два"))]


@given(st.lists(st.text(alphabet="аб в", min_size=1, max_size=400), min_size=1, max_size=40), st.integers(64, 400))
async def test_windows_hold_everything_once_and_each_fits(texts: list[str], budget: int) -> None:
    cut = await context_windows.windows(lines(*texts), budget, by_chars)
    assert "".join(line.text for window in cut for line in window) == "".join(texts)
    assert [line.turns for window in cut for line in window] == sorted(line.turns for window in cut for line in window)
    for window in cut:
        assert (
            await by_chars("\n".join(f"T{line.turns[0]} {line.role}: {line.text}" for line in window)) <= budget * 1.3
        )


async def test_a_line_longer_than_a_window_is_cut() -> None:
    cut = await context_windows.windows(lines("а" * 5000), 100, by_chars)
    assert len(cut) > 10
    assert {line.turns for window in cut for line in window} == {(1,)}


@pytest.mark.parametrize(("limit", "kept"), [(1, [9]), (2, [0, 9]), (5, [0, 1, 7, 8, 9]), (20, list(range(10)))])
def test_of_many_windows_the_beginning_and_the_end_are_read(limit: int, kept: list[int]) -> None:
    found = [(line,) for line in lines(*map(str, range(10)))]
    assert [int(window[0].text) for window in context_windows.ends(found, limit)] == kept


def test_there_is_always_some_room() -> None:
    assert context_windows.room(512, 600, 512) == 64
    assert 2000 < context_windows.room(4096, 300, 512) < 4096 - 812
