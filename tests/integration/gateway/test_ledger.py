"""Costs over the wire: by criterion for a tenant, by worker for those who run the tenant, and for nobody else."""

from decimal import Decimal

from auricle_contracts import Scope
from auricle_kit.metering import NS_PER_S, Tally
from auricle_records import worker_uptime, workspaces
from auricle_records.worker_uptime import WorkerIdentity
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import fresh, post_chat


async def test_a_tenant_sees_what_each_criterion_cost(door: Door) -> None:
    name = fresh()
    conversation = await post_chat(door.ours, external_id=name)
    await outcomes.judge(door, conversation)
    report = (await door.ours.get(f"/v1/conversations/{conversation}/evaluation")).json()
    (model,) = [line for line in report["costs"] if line["usage"]["part"] == "judge"]
    assert [(one["criterion"], one["tokens"]) for one in report["criteria"]] == [("politeness", 400), ("stage", 180)]
    assert sum(Decimal(one["amount_usd"]) for one in report["criteria"]) == Decimal(model["amount_usd"])
    query = {"external_id": name, "format": "csv", "sheet": "criteria", "language": "en"}
    lines = (await door.ours.get("/v1/export", params=query)).content.decode("utf-8-sig").splitlines()
    assert lines[0] == 'Call ID,Criterion,Tokens,Seconds,"Amount, $",Conversation ID'
    assert len(lines) == 3


async def test_workers_are_seen_by_the_tenant_alone(door: Door) -> None:
    lived = Tally(100 * NS_PER_S, 60 * NS_PER_S, 10 * NS_PER_S, 0)
    await worker_uptime.report(door.db, WorkerIdentity.now("asr", lambda: "NVIDIA L4"), lived, ended=True)
    await workspaces.ensure(door.db, workspaces.PLATFORM)
    async with await door.client(workspaces.PLATFORM, Scope.OPERATE) as operator:
        seen = (await operator.get("/v1/shifts")).json()
        assert (await operator.get("/v1/shifts", params={"until": "2020-01-01T00:00:00Z"})).json()["items"] == []
    (total,) = [one for one in seen["sums"] if one["service"] == "asr"]
    assert (total["attributed_seconds"], total["wasted_seconds"], total["idle_seconds"]) == (60, 10, 30)
    assert Decimal(total["idle_usd"]) == Decimal("0.00670667")
    assert seen["items"][0]["over"]
    assert (await door.ours.get("/v1/shifts")).json() == {"sums": [], "items": []}
    async with await door.client("ours", Scope.READ) as reader:
        assert (await reader.get("/v1/shifts")).status_code == 403
