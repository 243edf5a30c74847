"""Quality and Economics on a real Postgres with known rows: as the page asks them, and as Grafana does by its reader's role."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from auricle_contracts import AnswerState, Step, Usage
from auricle_kit.metering import NS_PER_S, Tally
from auricle_records import results, worker_uptime
from auricle_records.analytics import DASHBOARDS, ECONOMICS, QUALITY, Rows, ask, price_rows
from auricle_records.database import Database
from auricle_records.worker_uptime import WorkerIdentity
from fixtures.postgres import Postgres
from fixtures.tenant import AGENT, Tenant, a_finding, an_answer, an_evaluation

ROOT = Path(__file__).parents[2]
L4, LAPTOP = "NVIDIA L4", "Intel(R) Xeon(R) cpu"
PRICES = price_rows([(date(2026, 11, 1), L4, Decimal("0.8048"))])
SINCE, UNTIL = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)
PANELS = {panel.name: panel for panels in DASHBOARDS.values() for panel in panels}
READER = re.search(r"```sql\n(CREATE ROLE grafana_demo.*?)```", (ROOT / "docs/operations.md").read_text(), re.DOTALL)
Found = list[dict[str, Any]]


@pytest.fixture(scope="module")
async def known(module_postgres_url: str) -> AsyncIterator[Tenant]:
    """One chat judged on an L4, one call heard on an L4, one chat judged on a laptop, a worker's life; all in `demo`."""
    async with Database.connect(module_postgres_url) as db:
        tenant = await Tenant(db).open()
        await judged(tenant, L4, 3.6, 80)
        await judged(tenant, LAPTOP, 50.0, 40)
        call = await tenant.begin(await tenant.call())
        heard = Usage(step=Step.TRANSCRIBE, part="speech", device=L4, seconds=9.0, audio_seconds=61.0)
        await results.commit_transcript(db, call, tenant.heard(call), usages=[heard])
        lived = Tally(100 * NS_PER_S, 60 * NS_PER_S, 10 * NS_PER_S, 0)
        await worker_uptime.report(
            db, WorkerIdentity.now("asr", lambda: L4), lived, ended=True, workspace=tenant.workspace
        )
        yield tenant


async def judged(tenant: Tenant, device: str, seconds: float, politeness: int) -> None:
    run = await tenant.begin(await tenant.chat())
    answers = [an_answer(value=politeness), an_answer("objections", None, state=AnswerState.UNDETERMINED)]
    used = Usage(step=Step.EVALUATE, part="judge", device=device, seconds=seconds, tokens_in=700, tokens_out=90)
    await results.commit_evaluation(tenant.db, run, an_evaluation(run, answers, [a_finding()]), usages=[used])


def as_rows(found: Rows) -> Found:
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


async def asked(tenant: Tenant, name: str) -> Found:
    return as_rows(await ask(tenant.db, tenant.workspace, PANELS[name], since=SINCE, until=UNTIL, prices=PRICES))


async def test_quality(known: Tenant) -> None:
    (scores,) = await asked(known, "scores")
    assert (scores["criterion"], scores["mean"]) == ("politeness", 60.0)
    objections, politeness = await asked(known, "criteria")
    assert (objections["answered"], objections["undetermined"], objections["mean"]) == (0, 2, None)
    assert (politeness["answered"], politeness["undetermined"], politeness["mean"]) == (2, 0, 60.0)
    assert await asked(known, "classes") == [
        {"error_class": "no_greeting", "severity": "major", "findings": 2, "conversations": 2}
    ]
    (agent,) = await asked(known, "agents")
    assert (agent["agent"], agent["conversations"], agent["mean_score"]) == (AGENT.reference, 2, 60.0)
    (line,) = await asked(known, "lines")
    assert (line["channel"], line["conversations"], line["mean_score"]) == ("chat", 2, 60.0)
    assert [one["mean_score"] for one in await asked(known, "lowest")] == [40.0, 80.0]


async def test_economics_has_money_for_gpus_and_none_for_a_laptop(known: Tenant) -> None:
    language, speech = await asked(known, "per_conversation")
    assert (language["conversations"], language["seconds"]) == (2, pytest.approx(53.6))
    assert float(language["usd_per_conversation"]) == pytest.approx(3.6 * 0.8048 / 3600)
    assert float(speech["usd_per_conversation"]) == pytest.approx(9 * 0.8048 / 3600)
    (article,) = await asked(known, "article")
    assert float(article["language_usd"]) == pytest.approx(0.0008048)
    assert float(article["article_usd"]) == 0.0003
    assert {one["device"]: one["usd"] is None for one in await asked(known, "devices")} == {L4: False, LAPTOP: True}
    assert {one["share"] for one in await asked(known, "daily")} == {"speech", "language"}
    (worker,) = await asked(known, "idle")
    assert (worker["attributed_seconds"], worker["wasted_seconds"], worker["idle_seconds"]) == (60, 10, 30)
    assert float(worker["idle_usd"]) == pytest.approx(30 * 0.8048 / 3600)


async def test_only_a_laptop_means_no_money_at_all(known: Tenant) -> None:
    neighbour = await known.neighbour()
    await judged(neighbour, LAPTOP, 50.0, 40)
    (article,) = await asked(neighbour, "article")
    assert article["language_usd"] is None
    (language,) = await asked(neighbour, "per_conversation")
    assert (language["usd"], language["usd_per_conversation"]) == (None, None)


async def test_nothing_is_asked_outside_of_the_time(known: Tenant) -> None:
    for panel in (*QUALITY, *ECONOMICS):
        past = await ask(known.db, "demo", panel, since=SINCE - timedelta(9), until=SINCE - timedelta(8), prices=PRICES)
        assert not any(value for row in as_rows(past) for name, value in row.items() if name != "article_usd"), (
            panel.name
        )


def in_postgres_words(text: str) -> str:
    """The macros as Grafana's Postgres source writes them out: quoted moments, UTC."""
    moments = {"$__timeFrom()": SINCE, "$__timeTo()": UNTIL}
    for macro, moment in moments.items():
        text = text.replace(macro, f"'{moment:%Y-%m-%dT%H:%M:%SZ}'")
    return text


def drawn() -> dict[str, str]:
    """Title of a panel → the SQL that Grafana gets."""
    files = (ROOT / "charts/auricle/dashboards" / f"{name}.json" for name in DASHBOARDS)
    panels = [panel for file in files for panel in json.loads(file.read_text())["panels"]]
    return {panel["title"]: in_postgres_words(panel["targets"][0]["rawSql"]) for panel in panels}


@asynccontextmanager
async def reading(postgres: Postgres, url: str) -> AsyncIterator[asyncpg.Connection]:
    """As the role that docs/operations.md tells to make."""
    assert READER is not None, "docs/operations.md has lost its reader"
    name = url.rpartition("@/")[2].partition("?")[0]
    postgres.admin(READER[1], database=name)
    connection = await asyncpg.connect(host=str(postgres.socket), user="grafana_demo", database=name)
    try:
        yield connection
    finally:
        await connection.close()
        postgres.admin("DROP OWNED BY grafana_demo", "DROP ROLE grafana_demo", database=name)


async def test_grafanas_reader_sees_the_same_rows_and_no_others(
    known: Tenant, postgres: Postgres, module_postgres_url: str
) -> None:
    await judged(await known.neighbour(), L4, 1000.0, 1)
    async with reading(postgres, module_postgres_url) as reader:
        for panel in PANELS.values():
            found = [dict(row) for row in await reader.fetch(drawn()[panel.title])]
            assert len(found) == len(await asked(known, panel.name)), panel.name
            assert found, panel.name
        language, _ = await reader.fetch(drawn()[PANELS["per_conversation"].title])
        assert language["conversations"] == 2
        await reader.execute("SET auricle.workspace = 'demo-neighbour'")
        assert await reader.fetchval("SELECT count(*) FROM evaluations") == 0, "the role's own policy holds"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await reader.fetch("SELECT * FROM api_keys")
        with pytest.raises(asyncpg.PostgresError):
            await reader.execute("DELETE FROM evaluations")


async def test_a_broken_query_is_an_error(known: Tenant, postgres: Postgres, module_postgres_url: str) -> None:
    async with reading(postgres, module_postgres_url) as reader:
        with pytest.raises(asyncpg.UndefinedColumnError):
            await reader.fetch(drawn()["Agents"].replace("c.agents", "c.operators"))
