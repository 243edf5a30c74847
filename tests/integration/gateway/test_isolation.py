"""Made from the OpenAPI document: no route shows, changes or even admits another workspace's things."""

from typing import Any

import asyncpg
import httpx
import pytest
from auricle_contracts import Code
from auricle_gateway.app import create_app
from auricle_records import runs
from auricle_records.tables import METADATA
from fixtures.postgres import Postgres
from integration.gateway.conftest import Door
from integration.gateway.posted import chat, post_call, post_chat

DOCUMENT = create_app().openapi()
METHODS = ("get", "head", "post", "put", "patch", "delete")
ROUTES = [(method, path) for path, item in DOCUMENT["paths"].items() for method in METHODS if method in item]
NAMED = "/v1/dashboards/{name}"  # a name of ours and no id: both of its lists are looked at below
WITH_ID = [(method, path) for method, path in ROUTES if "{" in path and path != NAMED]
DELETE_LAST = [one for one in WITH_ID if one[0] != "delete"] + [one for one in WITH_ID if one[0] == "delete"]
LISTS = [path for method, path in ROUTES if method == "get" and "{" not in path]
LISTS += [NAMED.format(name=name) for name in ("quality", "economics")]
BODIES: dict[str, Any] = {"patch": {"metadata": {"stolen": True}}, "post": {"turns": chat()["turns"]}, "put": None}


@pytest.fixture(scope="module")
async def theirs(door: Door) -> dict[str, str]:
    """One of each thing of the other workspace, by the name of its path parameter."""
    conversation, dead = await post_chat(door.theirs), await post_call(door.theirs)
    (run,) = (await door.theirs.get(f"/v1/conversations/{dead}")).json()["runs"]
    await runs.begin(door.db, run["id"], entry_id=(await runs.get(door.db, "theirs", run["id"])).entry_id or "0-1")
    await runs.fail(door.db, run["id"], Code.NOT_AUDIO, "x", fatal=True)
    webhook = (await door.theirs.post("/v1/webhooks", json={"url": "https://crm.example.com/hook"})).json()["id"]
    upload = (await door.theirs.post("/v1/uploads", json={})).json()["id"]
    return {"conversation_id": conversation, "run_id": run["id"], "webhook_id": webhook, "upload_id": upload}


async def rows(postgres: Postgres, door: Door) -> dict[str, str]:
    """A fingerprint of every table's rows of the other workspace."""
    database = str(door.db._engine.url.database)
    connection = await asyncpg.connect(host=str(postgres.socket), user="postgres", database=database)
    try:
        query = "SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {} t WHERE workspace_id = 'theirs'"
        return {table: await connection.fetchval(query.format(table)) for table in METADATA.tables}
    finally:
        await connection.close()


async def ask(door: Door, client: httpx.AsyncClient, workspace: str, method: str, path: str) -> httpx.Response:
    kwargs: dict[str, Any] = {"json": BODIES[method]} if BODIES.get(method) else {}
    if path.startswith("/v1/uploads/"):  # the URL is the permission: one that we signed for our workspace
        path = door.parts.signer.url(workspace, path.rpartition("/")[2], 1 << 39)
        kwargs = {"content": b"stolen"}
    async with client.stream(method, path, **kwargs) as response:
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            return response  # it goes on until the conversation ends; the status is enough
        await response.aread()
        return response


def test_the_document_was_read() -> None:
    assert len(WITH_ID) >= 15
    assert len(LISTS) >= 6


@pytest.mark.parametrize(("method", "path"), WITH_ID)
async def test_another_workspaces_id_is_not_there(
    door: Door, postgres: Postgres, theirs: dict[str, str], method: str, path: str
) -> None:
    before = await rows(postgres, door)
    response = await ask(door, door.ours, "ours", method, path.format(**theirs))
    assert response.status_code == 404, response.text
    assert response.json()["code"] == "not_found"
    told = response.text.replace(
        theirs[path.partition("{")[2].partition("}")[0]], ""
    )  # the id that we asked for may be echoed
    assert not any(one in told for one in theirs.values())
    assert await rows(postgres, door) == before


@pytest.mark.parametrize("path", LISTS)
async def test_lists_show_nothing_of_theirs(door: Door, theirs: dict[str, str], path: str) -> None:
    response = await door.ours.get(path, params={"format": "csv"} if path == "/v1/export" else {})
    assert response.status_code == 200, response.text
    assert not any(one in response.text for one in theirs.values())


async def test_nothing_of_theirs_can_be_named_in_a_body(door: Door, postgres: Postgres, theirs: dict[str, str]) -> None:
    before = await rows(postgres, door)
    response = await door.ours.post("/v1/conversations", json={"upload_id": theirs["upload_id"]})
    assert response.status_code == 404
    assert await rows(postgres, door) == before


@pytest.mark.parametrize(("method", "path"), DELETE_LAST)
async def test_their_own_key_finds_them(door: Door, theirs: dict[str, str], method: str, path: str) -> None:
    """The ids above are real: without this, a typo in an id would pass for isolation."""
    response = await ask(door, door.theirs, "theirs", method, path.format(**theirs))
    if response.status_code == 404:
        assert "no recording" in response.text, response.text
