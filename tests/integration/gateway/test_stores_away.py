"""Redis may be away: 202 all the same. Postgres may not: 503, and nothing half-done. And one key may not send without end."""

import signal
from pathlib import Path

from auricle_contracts import Priority, Step
from auricle_records import runs
from fixtures.patience import eventually
from fixtures.redis import RedisServer
from integration.gateway.conftest import running
from integration.gateway.posted import post_call, post_chat


async def test_without_redis_work_is_accepted_and_waits_for_keeper(
    postgres_url: str, own_redis: RedisServer, tmp_path: Path
) -> None:
    async with running(postgres_url, own_redis.url, tmp_path) as door:
        own_redis.stop(signal.SIGKILL)
        conversation = await post_call(door.ours)
        (run,) = (await door.ours.get(f"/v1/conversations/{conversation}")).json()["runs"]
        assert run["state"] == "waiting"
        waiting = await runs.waiting(door.db, Step.TRANSCRIBE, Priority.LIVE, limit=10)
        assert [one.id for one in waiting] == [run["id"]]
        queues = (await door.ours.get("/v1/queues")).json()
        assert (queues["answering"], queues["items"][0]["length"]) == (False, None)
        assert (await door.ours.get(f"{door.url}/readyz")).json()["ready"] is True


async def test_a_full_stream_never_refuses_a_conversation(postgres_url: str, redis_url: str, tmp_path: Path) -> None:
    async with running(postgres_url, redis_url, tmp_path, queue_cap=2) as door:
        for _ in range(4):
            await post_chat(door.ours)

        async def two_wait() -> bool:
            return len(await runs.waiting(door.db, Step.EVALUATE, Priority.LIVE, limit=10)) == 2

        await eventually(two_wait, what="two of four are published, the rest wait for keeper")


async def test_a_key_has_a_rate(postgres_url: str, redis_url: str, tmp_path: Path) -> None:
    async with running(postgres_url, redis_url, tmp_path, rate_per_minute=5) as door:
        answers = [await door.ours.get("/v1/whoami") for _ in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
        assert answers[-1].json()["code"] == "rate_limited"
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        assert (await door.theirs.get("/v1/whoami")).status_code == 200


async def test_the_rate_is_kept_without_redis_too(postgres_url: str, own_redis: RedisServer, tmp_path: Path) -> None:
    async with running(postgres_url, own_redis.url, tmp_path, rate_per_minute=3) as door:
        own_redis.stop(signal.SIGKILL)
        answers = [await door.ours.get("/v1/whoami") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 2
