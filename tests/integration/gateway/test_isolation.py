"""Made from the OpenAPI document: no route shows, changes or even admits another workspace's things."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from auricle_contracts import Code, MemberRole
from auricle_contracts.alerts import AlertRule, Reading
from auricle_contracts.review import ReviewSettings
from auricle_contracts.trainings import TrainingNumbers
from auricle_criteria import FoundBy, documents
from auricle_criteria.classes import ClassState, read_classes
from auricle_records import hook_events, results, runs, trainings
from auricle_records.alerts import incidents
from auricle_records.appeals import opening
from auricle_records.appeals.models import NewAppeal
from auricle_records.callers import Actor
from auricle_records.labels import Author
from auricle_records.people import directory
from auricle_records.people.directory import NewPerson
from auricle_records.quizzes import assignments
from auricle_records.review import triage
from auricle_records.tables import METADATA
from fixtures.deliveries import take_up
from fixtures.postgres import Postgres
from fixtures.tenant import an_evaluation
from integration.gateway import outcomes
from integration.gateway.conftest import PROMPTS, Door
from integration.gateway.learnable import examples
from integration.gateway.measured import measurement
from integration.gateway.posted import PEOPLE, chat, post_call, post_chat
from integration.gateway.signed_in import person_of, signed_in
from integration.gateway.test_artefacts import draft

DOCUMENT = json.loads(
    (Path(__file__).parents[3] / "docs" / "openapi.json").read_text("utf-8")
)  # what the app says: test_document
METHODS = ("get", "head", "post", "put", "patch", "delete")
ROUTES = [(method, path) for path, item in DOCUMENT["paths"].items() for method in METHODS if method in item]
NAMED = "/v1/dashboards/{name}"  # a name of ours and no id: both of its lists are looked at below
WITH_ID = [(method, path) for method, path in ROUTES if "{" in path and path != NAMED]
DELETE_LAST = [one for one in WITH_ID if one[0] != "delete"] + [one for one in WITH_ID if one[0] == "delete"]
LISTS = [path for method, path in ROUTES if method == "get" and "{" not in path]
LISTS += [NAMED.format(name=name) for name in ("quality", "economics")]
HOOK_SECRET = "a-secret-of-theirs"
FLOW = "{id: theirs, version: 1, note: of theirs, steps: [{kind: rules}]}"
HOOK = "/v1/hooks/{hook_id}"
BODIES: dict[str, Any] = {"patch": {"metadata": {"stolen": True}}, "post": {"turns": chat()["turns"]}, "put": None}
MISSED = {"error_class": "interrupting", "places": [{"turn": 1, "span": {"start": 0, "end": 7}}]}
BODIES_ENDING: dict[str, Any] = {"/assignee": {"person_id": "somebody"}, "/skip": {"reason": "cannot_hear"}}
BODIES_ENDING |= {"/findings": MISSED, "/labels": {"verdict": "reject"}, "/appeals": {"criterion": "politeness", "text": "x"},
                  "/settle": {"status": "golden"},
                  "/owner": {"person_id": None}, "/decision": {"verdict": "rejected", "reason": "x"}}  # fmt: skip
BODIES_ENDING |= {"/refusal": {"reason": "Stolen"}, "/progress": {"state": "asked"}}
BODIES_ENDING |= {"/additions": {"conversation_ids": ["x"]}}
BODIES_ENDING |= {"/answers": {"conversation_id": "x", "criterion": "y", "state": "undetermined"}}
NOTHING_THERE = ("no recording", "nothing is kept of what this version was asked", "no conversation x")
NEEDED = {"/v1/export": {"format": "csv"}, "/v1/comparison": {"other_recipe": "0"}}
NEEDED |= {"/v1/word-uses": {"choice_score_below": "50"}}
BODIES_OF: dict[str, Any] = {
    "/v1/alert-rules/": {"name": "Stolen", "measure": "fatal_count", "threshold": 1},
    "/v1/people/": {"name": "Stolen"},
    "/v1/teams/": {"name": "Stolen"},
    "/v1/views/": {"name": "Stolen"},
    "/v1/knowledge/": {"state": "retired"},
    "/v1/canaries/": {"share": None, "reason": "Stolen"},
}


@pytest.fixture(scope="module")
async def theirs(door: Door) -> dict[str, str]:
    """One of each thing of the other workspace, by the name of its path parameter."""
    conversation, dead = await post_chat(door.theirs), await post_call(door.theirs)
    finding = await outcomes.judge(door, conversation, findings=(outcomes.FINDING,), of=door.theirs)
    (run,) = (await door.theirs.get(f"/v1/conversations/{dead}")).json()["runs"]
    await take_up(door.db, "theirs", run["id"])
    await runs.fail(door.db, run["id"], Code.NOT_AUDIO, "x", fatal=True)
    webhook = (await door.theirs.post("/v1/webhooks", json={"url": "https://crm.example.com/hook"})).json()["id"]
    upload = (await door.theirs.post("/v1/uploads", json={})).json()["id"]
    made = {"conversation_id": conversation, "run_id": run["id"], "webhook_id": webhook, "upload_id": upload}
    made |= {"finding_id": f"{finding}.0", "appeal_id": await appeal_of(door, conversation)}
    hook = (await door.theirs.post("/v1/hooks", json={"integration": "generic", "secret": HOOK_SECRET})).json()["id"]
    event = hook_events.NewEvent("key", "patch", "generic", "x", {})
    (kept,) = await hook_events.add(door.db, "theirs", hook, [event])
    await hook_events.failed(door.db, kept, "not_found", retry_s=None)
    draft = await door.theirs.post("/v1/artefacts", json={"kind": "flow", "text": FLOW})
    made["artefact_id"] = draft.json()["id"]
    made["dry_run_id"] = await dry_run_of(door.theirs)
    made["canary_id"] = await canary_of(door.theirs)
    made |= {"hook_id": hook, "event_id": kept.id, "item_id": await review_item(door)}
    made["golden_id"] = await golden_item(door.theirs)
    made["training_id"] = await training_of(door)
    made["certificate_id"] = await certificate_of(door.theirs)
    shared = {"name": "theirs", "is_shared": True}
    made["view_id"] = (await door.theirs.post("/v1/views", json=shared)).json()["id"]
    made |= {"article_id": await article_of(door.theirs), "agent": await agent_of(door.theirs)}
    made |= await coached(door, conversation)
    made |= await quiz_of(door)
    made["key_id"] = (await door.theirs.post("/v1/api-keys", json={"name": "theirs", "scopes": ["read"]})).json()["id"]
    made |= await alerts_of(door)
    made["calibration_id"] = await calibration_of(door, conversation)
    made["class_id"] = await class_of(door.theirs)
    await overseen(door.theirs)
    return made | await people_of(door.theirs, "theirs")


async def canary_of(client: httpx.AsyncClient) -> str:
    """A share of the other workspace's traffic for its live scorecard under another note."""
    candidate = await draft(client, "min_confidence: 0.5", "min_confidence: 0.6")
    started = await client.post(f"/v1/artefacts/{candidate['id']}/canaries", json={"share": 5, "reason": "to see"})
    return str(started.json()["id"])


async def class_of(client: httpx.AsyncClient) -> str:
    """An error class that the other workspace alone has."""
    shipped = read_classes(PROMPTS)["rudeness"]
    own = {"id": "theirs_alone", "found_by": FoundBy.PROMPT, "rule": None, "state": ClassState.LIVE}
    body = {"kind": "error_class", "text": documents.as_yaml(shipped.model_copy(update=own))}
    made = await client.post("/v1/artefacts", json=body)
    assert made.status_code == 201, made.text
    promoted = await client.post(f"/v1/artefacts/{made.json()['id']}/promote", json={"reason": "Ours alone"})
    assert promoted.status_code == 200, promoted.text
    return "theirs_alone"


async def training_of(door: Door) -> str:
    """A training of the other workspace, which waits for its start."""
    await examples(door.theirs, 12, fewest=1)
    asked = await trainings.ask(door.db, "theirs", "judge_5m", TrainingNumbers(), Actor("person", "ann"))
    return asked.id


async def dry_run_of(client: httpx.AsyncClient) -> str:
    """A dry run of what is live of the other workspace, over its judged conversation."""
    (live,) = (await client.get("/v1/artefacts", params={"kind": "scorecard", "name": "sales"})).json()["items"]
    started = await client.post(f"/v1/artefacts/{live['id']}/dry-runs", json={})
    return str(started.json()["id"])


async def review_item(door: Door) -> str:
    """An item of the review queue, which takes everything that is evaluated."""
    everything = ReviewSettings(audited_share=1).model_dump()
    assert (await door.theirs.put("/v1/review-settings", json=everything)).status_code == 200
    (run,) = (await door.theirs.get(f"/v1/conversations/{await post_chat(door.theirs)}")).json()["runs"]
    begun = await take_up(door.db, "theirs", run["id"])
    await results.commit_evaluation(door.db, begun, an_evaluation(begun))
    await triage.triage(door.db, "theirs")
    items = (await door.theirs.get("/v1/review-items")).json()["items"]
    return next(str(one["id"]) for one in items if one["conversation_id"] == begun.conversation_id)


async def article_of(client: httpx.AsyncClient) -> str:
    """An article of the knowledge base."""
    headers, params = {"Content-Type": "text/markdown"}, {"reference": "returns"}
    made = await client.post("/v1/knowledge/articles", params=params, headers=headers, content="Возврат 14 дней.")
    return str(made.json()["id"])


async def golden_item(client: httpx.AsyncClient) -> str:
    """An imported golden item, which no deleted conversation takes along."""
    assert (await client.put("/v1/golden-settings", json={"consent": True})).status_code == 200
    headers, said = {"Content-Type": "application/x-ndjson"}, '[{"role": "agent", "text": "Ждите"}]'
    line = f'{{"channel": "chat", "reference": "of theirs", "turns": {said}}}'
    assert (await client.post("/v1/golden-imports", headers=headers, content=line)).json()["added"] == 1
    return str((await client.get("/v1/golden-items")).json()["items"][0]["id"])


async def certificate_of(client: httpx.AsyncClient) -> str:
    """A certificate of a judge."""
    return str((await client.post("/v1/judge-certificates", json={"measurement": measurement(1)})).json()["id"])


async def coached(door: Door, conversation: str) -> dict[str, str]:
    """A coaching task of the other workspace's agent, and a good example."""
    agent = await directory.known_as(door.db, "theirs", "84213")
    assert agent is not None
    about = {"conversation_id": conversation, "criterion": "politeness"}
    task = about | {"person_id": agent.id, "text": "Поздоровайся.", "due_at": "2030-01-01T00:00:00Z"}
    made = await door.theirs.post("/v1/coaching-tasks", json=task)
    other = await post_chat(door.theirs)  # an example goes with its conversation, which a route deletes
    await outcomes.judge(door, other, of=door.theirs)
    example = await door.theirs.post("/v1/good-examples", json=about | {"conversation_id": other})
    return {"task_id": str(made.json()["id"]), "example_id": str(example.json()["id"])}


async def quiz_of(door: Door) -> dict[str, str]:
    """A quiz of the other workspace, given to its agent."""
    agent = await directory.known_as(door.db, "theirs", "84213")
    assert agent is not None
    conversation = await post_chat(door.theirs)
    evaluation = await outcomes.judge(door, conversation, findings=(outcomes.FINDING,), of=door.theirs)
    source = {"conversation_id": conversation, "finding_id": f"{evaluation}.0"}
    path = f"/v1/conversations/{conversation}/findings/{evaluation}.0/labels"
    assert (await door.theirs.post(path, json={"verdict": "accept"})).status_code == 201
    quiz = (await door.theirs.post("/v1/quizzes", json={"title": "theirs", "sources": [source]})).json()["id"]
    given = {"person_ids": [agent.id], "due_at": "2030-01-01T00:00:00Z"}
    assert (await door.theirs.post(f"/v1/quizzes/{quiz}/assignments", json=given)).status_code == 200
    (assignment,) = await assignments.of_person(door.db, "theirs", agent.id)
    return {"quiz_id": quiz, "assignment_id": assignment.id}


async def alerts_of(door: Door) -> dict[str, str]:
    """A rule of the other workspace, where it is told, and the alert that it has open."""
    told = {"name": "theirs", "kind": "webhook", "url": "https://crm.example.com/alerts"}
    destination = (await door.theirs.post("/v1/alert-destinations", json=told)).json()["id"]
    body = {"name": "theirs", "measure": "fatal_count", "threshold": 1, "destination_ids": [destination]}
    rule = AlertRule.model_validate_json((await door.theirs.post("/v1/alert-rules", json=body)).content)
    await incidents.observe(
        door.db, "theirs", rule, Reading(value=1, n=1), ringing=True, told_at=datetime(2030, 1, 1, tzinfo=UTC)
    )
    (alert,) = (await incidents.page(door.db, "theirs")).items
    return {"rule_id": rule.id, "destination_id": destination, "alert_id": alert.id}


async def calibration_of(door: Door, conversation: str) -> str:
    """A session of the other workspace."""
    people = [
        (await directory.add(door.db, "theirs", NewPerson(f"{name}@theirs.example", name, (MemberRole.REVIEWER,)))).id
        for name in ("rita", "rosa")
    ]
    body = {"title": "x", "conversation_ids": [conversation], "reviewer_ids": people, "due_at": "2030-01-01T00:00:00Z"}
    return str((await door.theirs.post("/v1/calibrations", json=body)).json()["id"])


async def overseen(client: httpx.AsyncClient) -> None:
    """A disclosure, who read it, and an entry of the oversight record."""
    disclosure = {"ru": "Уведомление", "en": "Disclosure of theirs"}
    assert (await client.post("/v1/disclosures", json=disclosure)).status_code == 201
    async with await person_of(client, "agent", email="reader@theirs.example") as reader:
        assert (await reader.post("/v1/disclosure/acknowledgement", json={"version": 1})).status_code == 200
    entry = {"kind": "incident", "text": "of theirs", "happened_at": "2026-11-30T10:00:00Z"}
    assert (await client.post("/v1/oversight/entries", json=entry)).status_code == 201


async def agent_of(client: httpx.AsyncClient) -> str:
    """A reference of an agent with a conversation."""
    agent = {"id": "agent", "role": "agent", "reference": "of-theirs"}
    await post_chat(client, participants=[agent, PEOPLE[1]])
    return "of-theirs"


async def appeal_of(door: Door, conversation: str) -> str:
    """An appeal of the other workspace, as its agent would open it."""
    person = NewPerson("agent@theirs.example", "Ольга", (MemberRole.AGENT,), None, ("84213",))
    agent = await directory.add(door.db, "theirs", person)
    by = Author(agent.id, agent.name, "person")
    return (await opening.open_appeal(door.db, "theirs", conversation, NewAppeal("politeness", None, "x"), by=by)).id


async def people_of(client: httpx.AsyncClient, workspace: str) -> dict[str, str]:
    """A team with a person who is signed in."""
    team = (await client.post("/v1/teams", json={"name": f"Смена {workspace}"})).json()["id"]
    described = {"email": f"ann@{workspace}.example", "name": "Анна", "roles": ["reviewer"], "team_id": team}
    person = (await client.post("/v1/people", json=described)).json()["id"]
    session = (await signed_in(client, person)).headers["session"]
    return {"team_id": team, "person_id": person, "session_id": session}


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
    body = next((one for prefix, one in BODIES_OF.items() if path.startswith(prefix)), BODIES.get(method))
    body = next((one for ending, one in BODIES_ENDING.items() if path.endswith(ending)), body)
    kwargs: dict[str, Any] = {"json": body} if body and method in ("post", "put", "patch") else {}
    if path.startswith("/v1/uploads/"):  # the URL is the permission: one that we signed for our workspace
        path = door.parts.signer.url(workspace, path.rpartition("/")[2], 1 << 39)
        kwargs = {"content": b"stolen"}
    if method == "post" and path.startswith("/v1/hooks/") and path.count("/") == 3:  # signed with its secret, by no key
        kwargs = {
            "json": {"external_id": "x", "recording_url": "https://pbx.example.com/1"},
            "headers": _signed(workspace),
        }
    async with client.stream(method, path, **kwargs) as response:
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            return response  # it goes on until the conversation ends; the status is enough
        await response.aread()
        return response


def _signed(workspace: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {HOOK_SECRET if workspace == 'theirs' else 'a-secret-of-ours'}"}


def test_the_document_was_read() -> None:
    assert len(WITH_ID) >= 15
    assert len(LISTS) >= 6


@pytest.mark.parametrize(("method", "path"), WITH_ID)
async def test_another_workspaces_id_is_not_there(
    door: Door, postgres: Postgres, theirs: dict[str, str], method: str, path: str
) -> None:
    before = await rows(postgres, door)
    response = await ask(door, door.ours, "ours", method, path.format(**theirs))
    refused = (401, "signature_invalid") if (method, path) == ("post", HOOK) else (404, "not_found")
    assert (response.status_code, response.json()["code"]) == refused, response.text
    told = response.text.replace(
        theirs[path.partition("{")[2].partition("}")[0]], ""
    )  # the id that we asked for may be echoed
    assert not any(one in told for one in theirs.values())
    assert await rows(postgres, door) == before


@pytest.mark.parametrize("path", LISTS)
async def test_lists_show_nothing_of_theirs(door: Door, theirs: dict[str, str], path: str) -> None:
    response = await door.ours.get(path, params=NEEDED.get(path, {}))
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
        assert any(told in response.text for told in NOTHING_THERE), response.text
