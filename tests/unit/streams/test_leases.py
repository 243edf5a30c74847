"""Renewal goes on: neither an unexpected failure of one beat nor one broken stream silences the others."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import cast

import pytest
from auricle_streams.delivery import LeasePolicy
from auricle_streams.leases import Renewer, beating
from auricle_streams.streams import Streams
from redis.exceptions import ResponseError


async def test_a_beat_that_fails_is_followed_by_the_next() -> None:
    failing = iter([True, True, False])
    went_on = asyncio.Event()

    async def beat() -> None:
        if next(failing):
            raise RuntimeError("unexpected")
        went_on.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(beating(beat, 0.01))
    await asyncio.wait_for(went_on.wait(), 5)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_a_broken_stream_costs_the_others_no_renewal(monkeypatch: pytest.MonkeyPatch) -> None:
    renewer = Renewer(cast(Streams, None), "me", LeasePolicy())
    renewed: list[str] = []

    async def renew(stream: str, entry_ids: Sequence[str]) -> set[str]:
        if stream == "broken":
            raise ResponseError("WRONGTYPE")
        renewed.extend(entry_ids)
        return set()

    monkeypatch.setattr(renewer.claims, "renew", renew)
    for stream in ("broken", "asr", "score"):
        renewer.hold(stream, f"1-{stream}")
    await renewer.beat()
    assert sorted(renewed) == ["1-asr", "1-score"]
    assert len(renewer.held) == 3
