"""The trace of a POST goes into the run's row and its message, so that the workers' spans hang below it."""

from auricle_contracts import STREAMS, Priority, Step
from auricle_kit import tracing
from auricle_records import runs
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import chat

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_the_callers_trace_goes_on(door: Door) -> None:
    tracing.configure("gateway")
    response = await door.ours.post("/v1/conversations", json=chat(), headers={"traceparent": PARENT})
    run = await runs.get(door.db, "ours", response.json()["runs"][0]["id"])
    assert run.traceparent.split("-")[1] == PARENT.split("-")[1]
    assert run.traceparent.split("-")[2] != PARENT.split("-")[2]
    stream = STREAMS[Step.EVALUATE, Priority.LIVE]
    entry = await outcomes.entry_of(door, "ours", run.id)
    ((_, fields),) = await door.parts.streams.redis.xrange(stream, entry, entry)
    assert fields[b"traceparent"].decode() == run.traceparent
