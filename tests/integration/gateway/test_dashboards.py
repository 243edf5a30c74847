"""The dashboards over the wire: known rows of one workspace, no others, and nothing but their names is taken."""

from datetime import UTC, datetime

import pytest
from auricle_contracts import Scope
from auricle_records.analytics import DASHBOARDS
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import fresh, post_chat

ARTICLE_USD = 0.0003


def rows_of(board: dict[str, object], name: str) -> list[dict[str, object]]:
    panels = board["panels"]
    assert isinstance(panels, list)
    (panel,) = [one for one in panels if one["name"] == name]
    return [dict(zip(panel["columns"], row, strict=True)) for row in panel["rows"]]


@pytest.fixture(scope="module", autouse=True)
async def judged(door: Door) -> str:
    conversation = await post_chat(door.ours, external_id=fresh())
    await outcomes.judge(door, conversation)
    return conversation


async def test_quality_is_what_was_judged(door: Door) -> None:
    board = (await door.ours.get("/v1/dashboards/quality")).json()
    assert [one["name"] for one in board["panels"]] == [panel.name for panel in DASHBOARDS["quality"]]
    (scores,) = rows_of(board, "scores")
    assert (scores["criterion"], scores["mean"]) == ("politeness", 90.0)
    assert datetime.fromisoformat(str(scores["time"])).tzinfo is not None
    assert {row["criterion"] for row in rows_of(board, "criteria")} >= {"politeness", "sale_chance", "stage"}


async def test_economics_prices_what_has_a_price(door: Door) -> None:
    board = (await door.ours.get("/v1/dashboards/economics")).json()
    (article,) = rows_of(board, "article")
    assert article == {"language_usd": pytest.approx(1.8 * 0.8048 / 3600), "article_usd": ARTICLE_USD}
    assert {row["device"]: row["usd"] is None for row in rows_of(board, "devices")} == {"NVIDIA L4": False, "cpu": True}
    assert rows_of(board, "idle") == [], "the workers' rows are the platform's"


async def test_a_neighbour_and_another_time_see_nothing(door: Door) -> None:
    theirs = (await door.theirs.get("/v1/dashboards/quality")).json()
    past = (await door.ours.get("/v1/dashboards/quality", params={"until": "2020-01-01T00:00:00Z"})).json()
    assert [one["rows"] for board in (theirs, past) for one in board["panels"]] == [[]] * 12


@pytest.mark.parametrize("name", ["operations", "quality;DROP TABLE runs", "..%2Fshifts", "%00"])
async def test_other_names_are_refused(door: Door, name: str) -> None:
    assert (await door.ours.get(f"/v1/dashboards/{name}")).status_code in {404, 422}


async def test_a_time_that_is_none_is_refused(door: Door) -> None:
    later = datetime.now(UTC).isoformat()
    for query in ({"since": "' OR 1=1"}, {"since": later, "until": "2020-01-01"}):
        assert (await door.ours.get("/v1/dashboards/quality", params=query)).status_code == 422


async def test_a_key_that_may_not_read_is_refused(door: Door) -> None:
    async with await door.client("ours", Scope.INGEST) as poster:
        assert (await poster.get("/v1/dashboards/economics")).status_code == 403
