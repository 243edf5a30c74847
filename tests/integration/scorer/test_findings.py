"""Findings end to end: what a rule detects of a live class is a row with its quotes, a class that is off is nothing at all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from auricle_contracts import (
    Detection,
    DetectionState,
    Evaluation,
    FlowStepState,
    Layer,
    Role,
    RulesReply,
    RulesRequest,
    Span,
)
from auricle_contracts.knowledge import Passage
from auricle_criteria import Bundle, Checklist, ClassChoice, ClassState, FoundBy, Library
from auricle_judging import quote_at
from auricle_records import conversations, recipes, results
from auricle_records.database import Database
from auricle_records.knowledge import articles
from auricle_scorer.neighbours import Neighbours
from fastapi import FastAPI
from fixtures.scripted_model import Scripted
from fixtures.tenant import a_version
from integration.scorer.conftest import PROMPTS, ScorerHarness, running, shipped_recipe, working
from sqlalchemy import text

TALK = (
    (Role.CUSTOMER, "Добрый день, второй день нет интернета."),
    (Role.AGENT, "Сами, наверное, кабель выдернули."),
    (Role.CUSTOMER, "Я ничего не трогал."),
    (Role.AGENT, "Сами виноваты, в общем."),
)


def blamed(request: RulesRequest) -> tuple[Detection, ...]:
    """A detector of one word, for classes that it is asked for."""
    places = tuple(
        quote_at(turn, Span(start=0, end=4))
        for turn in request.transcript.turns
        if turn.role is Role.AGENT and turn.text.startswith("Сами")
    )
    state = DetectionState.FOUND if places else DetectionState.NOT_FOUND
    return tuple(
        Detection(
            error_class=name, version=f"{name}@test", state=state, quotes=places, confidence=1.0, source=Layer.RULE
        )
        for name in request.classes or ()
    )


@asynccontextmanager
async def rules_that_detect(neighbours: Neighbours) -> AsyncIterator[tuple[Neighbours, list[tuple[str, ...] | None]]]:
    """The real rules with the detector beside them; and which classes were asked for."""
    asked: list[tuple[str, ...] | None] = []
    api = FastAPI(openapi_url=None)

    @api.get("/healthz")
    async def health() -> dict[str, str]:
        return {}

    @api.post("/v1/answer")
    async def answer(body: RulesRequest) -> RulesReply:
        asked.append(body.classes)
        reply, _ = await neighbours.rules(body)
        return reply.model_copy(update={"detections": blamed(body)})

    async with running(api) as url:
        yield replace(neighbours, rules_url=url), asked


async def judged(harness: ScorerHarness, bundle: Bundle) -> Evaluation:
    tenant = harness.tenant
    pinned = shipped_recipe().model_copy(update={"scorecard": bundle.scorecard.pin, "flow": bundle.flow_pin})
    tenant.recipe = await recipes.pin(tenant.db, tenant.workspace, pinned, bundle.body())
    run = await harness.ended(await harness.post(TALK))
    assert run.state == "done", run.last_error
    return (await results.load_evaluation(tenant.db, run.workspace, run.conversation_id)).evaluation


def bundle(checklist: Checklist, state: ClassState = ClassState.LIVE) -> Bundle:
    """The shipped card with this checklist, over `blame` (found by rule here) and a class of calls only."""
    library = Library.read(PROMPTS)
    classes = {
        name: library.classes[name].model_copy(update={"state": state, "rule": None}) for name in ("blame", "rudeness")
    }
    classes["blame"] = classes["blame"].model_copy(update={"found_by": FoundBy.BOTH})
    cards = {"sales": library.scorecards["sales"].model_copy(update={"checklist": checklist})}
    return Bundle.of(Library(cards, library.prompts, library.flows, classes), "sales")


async def test_a_class_of_the_checklist_becomes_a_finding_with_all_its_places(
    neighbours: Neighbours,
    scripted: tuple[str, Scripted],
    database: Database,
    postgres_url: str,
    redis_url: str,
    tmp_path: Path,
) -> None:
    given = {"database_url": postgres_url, "model_url": scripted[0]}
    async with (
        rules_that_detect(neighbours) as (near, asked),
        working(near, database, redis_url, tmp_path / "blobs", **given) as harness,
    ):
        live = await judged(harness, bundle(Checklist(flow="checklist", without=("rudeness",))))
        trial = await judged(
            harness,
            bundle(Checklist(flow="checklist", classes=(ClassChoice(error_class="blame"),)), ClassState.EXPERIMENTAL),
        )
        off = await judged(harness, bundle(Checklist(flow="checklist"), ClassState.EXPERIMENTAL))
    (found,) = live.findings
    assert (found.error_class, found.category, found.participant) == ("blame", "politeness", "agent")
    assert [(one.turn, one.text) for one in found.quotes] == [(2, "Сами"), (4, "Сами")]
    assert found.comment.startswith("Ответ по сценарию"), "what a rule found is commented by the model too"
    assert [(one.error_class, one.state) for one in live.outcomes] == [("blame", "found")]
    assert [(one.step, one.state) for one in live.steps] == [
        ("rules", FlowStepState.DONE),
        ("route", FlowStepState.DONE),
        ("detect", FlowStepState.SKIPPED),
        ("verify", FlowStepState.SKIPPED),
        ("comment", FlowStepState.DONE),
        ("summary", FlowStepState.SKIPPED),
    ]
    assert live.overall is not None
    assert [one.experimental for one in (*live.findings, *trial.findings)] == [False, True]
    assert (off.findings, off.outcomes) == ((), ())
    assert asked == [("blame",), ("blame",), ()]


TONE = (
    Passage(id="p1", text="Приветствуем по имени."),
    Passage(id="p2", text="Клиента не обвиняем: не говорим, что он сам виноват.", headings=("Тон",)),
)


def naming(*articles: str) -> Bundle:
    """`blame` alone, which names these articles."""
    made = bundle(Checklist(flow="checklist", without=("rudeness",)))
    blame = made.classes[0].model_copy(update={"articles": articles})
    return made.model_copy(update={"classes": (blame, *made.classes[1:])})


async def test_a_finding_cites_the_passage_nearest_to_what_was_said_and_its_comment_is_written_with_it(
    neighbours: Neighbours,
    model_url: str,
    scripted: tuple[str, Scripted],
    database: Database,
    postgres_url: str,
    redis_url: str,
    tmp_path: Path,
) -> None:
    """By the scripted model and by llama.cpp with the shipped judge; what the question was is seen at the scripted one."""
    given = {"database_url": postgres_url, "model_url": model_url}
    scripted[1].prompts.clear()
    async with (
        rules_that_detect(neighbours) as (near, _),
        working(near, database, redis_url, tmp_path / "blobs", **given) as harness,
    ):
        db, workspace = harness.tenant.db, harness.tenant.workspace
        article = await articles.add(db, workspace, "tone", "ru", a_version(*TONE))
        await articles.add(db, workspace, "others", "ru", a_version(Passage(id="p1", text="Сами обвиняем клиента.")))
        evaluation = await judged(harness, naming("tone", "nowhere"))
    (found,) = evaluation.findings
    assert found.citation is not None
    assert (found.knowledge, found.citation.article_id, found.citation.version) == ("tone", article.id, 1)
    assert (found.citation.passage, found.citation.headings, found.citation.text) == ("p2", ("Тон",), TONE[1].text)
    (step,) = [one for one in evaluation.steps if one.step == "comment"]
    assert (step.state, step.calls >= 1, step.why) == (FlowStepState.DONE, True, None)
    if model_url == scripted[0]:
        (asked,) = [one for one in scripted[1].prompts if "Напиши agent" in one]
        question = asked.split(">>>", 1)[1]
        fence, told = question.split("<<<")[1].split(">>>")
        assert f"K1 {article.title} › Тон: {found.citation.text}" in fence
        assert "Отрывок: K1." in told
        assert found.citation.text not in told, "what an article says stands inside its fence only"


async def test_of_a_class_whose_articles_say_nothing_nothing_is_cited_and_no_passage_is_shown(
    neighbours: Neighbours,
    scripted: tuple[str, Scripted],
    database: Database,
    postgres_url: str,
    redis_url: str,
    tmp_path: Path,
) -> None:
    given = {"database_url": postgres_url, "model_url": scripted[0]}
    scripted[1].prompts.clear()
    async with (
        rules_that_detect(neighbours) as (near, _),
        working(near, database, redis_url, tmp_path / "blobs", **given) as harness,
    ):
        db, workspace = harness.tenant.db, harness.tenant.workspace
        await articles.add(db, workspace, "ostriches", "ru", a_version(Passage(id="p1", text="Страусы бегают.")))
        (found,) = (await judged(harness, naming("ostriches"))).findings
    assert (found.citation, found.knowledge) == (None, "ostriches")
    (asked,) = [one for one in scripted[1].prompts if "Напиши agent" in one]
    assert "Отрывок" not in asked


async def test_with_the_conversation_its_findings_and_steps_go(
    neighbours: Neighbours,
    scripted: tuple[str, Scripted],
    database: Database,
    postgres_url: str,
    redis_url: str,
    tmp_path: Path,
) -> None:
    given = {"database_url": postgres_url, "model_url": scripted[0]}
    async with (
        rules_that_detect(neighbours) as (near, _),
        working(near, database, redis_url, tmp_path / "blobs", **given) as harness,
    ):
        evaluation = await judged(harness, bundle(Checklist(flow="checklist")))
        tenant = harness.tenant
        await conversations.delete(tenant.db, tenant.workspace, evaluation.conversation_id)
        async with tenant.db.transaction(tenant.workspace) as connection:
            for table in ("findings", "flow_steps"):
                assert await connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0
