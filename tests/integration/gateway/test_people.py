"""People, teams and the list of them, through the door."""

import httpx
import pytest
from auricle_records import workspaces
from integration.gateway.conftest import Door
from integration.gateway.signed_in import person_of

LIST = """email;name;roles;team;references
anna@list.example;Анна Ким;agent;Вечерняя смена;A-70, 170
boris@list.example;Борис;reviewer, analyst;;
broken;Никто;agent;;
anna@list.example;Ещё раз;agent;;
vera@list.example;Вера;boss;;
gleb@list.example;Глеб;agent;Вечерняя смена;A-70
"""
CSV = {"Content-Type": "text/csv"}


async def add(client: httpx.AsyncClient, **described: object) -> httpx.Response:
    return await client.post("/v1/people", json={"name": "Анна"} | described)


async def test_a_person_is_added_found_and_changed(door: Door) -> None:
    team = (await door.ours.post("/v1/teams", json={"name": "Утро"})).json()["id"]
    made = await add(door.ours, email="Ann@People.example ", roles=["agent"], team_id=team, references=["P-1", "P-2"])
    person = made.json()
    assert (person["email"], person["team"], person["references"]) == ("ann@people.example", "Утро", ["P-1", "P-2"])
    assert (person["has_password"], person["active"]) == (False, True)
    for query in ({"search": "p-2"}, {"search": "ann@people"}, {"team_id": team}, {"role": "agent", "search": "P-1"}):
        found = (await door.ours.get("/v1/people", params=query)).json()["items"]
        assert [one["id"] for one in found] == [person["id"]], query
    changed = await door.ours.patch(f"/v1/people/{person['id']}", json={"team_id": None, "references": ["P-3"]})
    assert (changed.json()["team"], changed.json()["references"], changed.json()["roles"]) == (None, ["P-3"], ["agent"])
    assert (await door.ours.delete(f"/v1/teams/{team}")).status_code == 204


async def test_an_email_and_a_reference_are_one_persons(door: Door) -> None:
    first = (await add(door.ours, email="one@taken.example", references=["T-1"])).json()["id"]
    for described in ({"email": "one@taken.example"}, {"email": "two@taken.example", "references": ["T-1"]}):
        refused = await add(door.ours, **described)
        assert (refused.status_code, refused.json()["code"]) == (409, "name_taken")
    second = (await add(door.ours, email="two@taken.example")).json()["id"]
    for change in ({"email": "one@taken.example"}, {"references": ["T-1"]}):
        refused = await door.ours.patch(f"/v1/people/{second}", json=change)
        assert (refused.status_code, refused.json()["code"]) == (409, "name_taken")
    assert (await door.ours.get(f"/v1/people/{first}")).json()["references"] == ["T-1"]


@pytest.mark.parametrize(
    "change", [{"roles": None}, {"email": "no address"}, {"roles": ["boss"]}, {"name": ""}, {"password": "x"}]
)
async def test_a_wrong_change_is_refused(door: Door, change: dict[str, object]) -> None:
    person = (await add(door.ours, email=f"wrong-{len(str(change))}-{next(iter(change))}@people.example")).json()["id"]
    assert (await door.ours.patch(f"/v1/people/{person}", json=change)).status_code == 422


async def test_a_team_of_another_workspace_is_not_there(door: Door) -> None:
    theirs = (await door.theirs.post("/v1/teams", json={"name": "Их смена"})).json()["id"]
    assert (await add(door.ours, email="crosses@people.example", team_id=theirs)).status_code == 404


async def test_the_last_admin_stays_one(door: Door) -> None:
    await workspaces.ensure(door.db, "lonely")
    async with await door.client("lonely") as key, await person_of(key, "admin", email="only@lonely.example") as admin:
        person = (await admin.get("/v1/whoami")).json()["person"]["id"]
        for change in ({"active": False}, {"roles": ["reviewer"]}):
            refused = await admin.patch(f"/v1/people/{person}", json=change)
            assert (refused.status_code, refused.json()["code"]) == (409, "last_admin")
        await add(key, email="second@lonely.example", roles=["admin"])
        assert (await admin.patch(f"/v1/people/{person}", json={"roles": ["reviewer"]})).is_success


async def test_a_list_accounts_for_every_row(door: Door) -> None:
    tried = await door.ours.post("/v1/people/import?dry_run=true", content=LIST.encode(), headers=CSV)
    assert tried.json()["added"] == 2, tried.text
    assert (await door.ours.get("/v1/people", params={"search": "@list.example"})).json()["items"] == []
    assert not any(one["name"] == "Вечерняя смена" for one in (await door.ours.get("/v1/teams")).json()["items"])
    brought = (await door.ours.post("/v1/people/import", content=LIST.encode("utf-8-sig"), headers=CSV)).json()
    assert {name: brought[name] for name in ("rows", "added", "changed", "same")} == {
        "rows": 6, "added": 2, "changed": 0, "same": 0,
    }  # fmt: skip
    assert [(one["row"], one["why"]) for one in brought["refused"]] == [
        (4, "no e-mail address"),
        (5, "row 2 has the same e-mail"),
        (6, "the roles are admin, quality_manager, reviewer, analyst, agent, operations"),
        (7, "a reference is somebody else's already"),
    ]
    again = (await door.ours.post("/v1/people/import", content=LIST.encode(), headers=CSV)).json()
    assert (again["added"], again["changed"], again["same"]) == (0, 0, 2)
    renamed = LIST.replace("Борис", "Борис Лем").encode()
    assert (await door.ours.post("/v1/people/import", content=renamed, headers=CSV)).json()["changed"] == 1
    (anna,) = (await door.ours.get("/v1/people", params={"search": "anna@list"})).json()["items"]
    assert (anna["team"], anna["references"], anna["roles"]) == ("Вечерняя смена", ["170", "A-70"], ["agent"])


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"name;roles\nx;agent\n", b'email\n"open', b"email,surprise\na@b.c,x\n"]
)
async def test_what_is_no_list_is_refused_whole(door: Door, body: bytes) -> None:
    refused = await door.ours.post("/v1/people/import", content=body, headers=CSV)
    assert refused.status_code == 422, refused.text


async def test_pages_of_people_are_whole(door: Door) -> None:
    for number in range(5):
        await add(door.ours, email=f"page-{number}@pages.example")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"search": "@pages.example", "limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await door.ours.get("/v1/people", params=query)).json()
        seen += [one["email"] for one in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == [f"page-{number}@pages.example" for number in range(5)]
