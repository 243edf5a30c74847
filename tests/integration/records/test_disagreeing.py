"""Two versions, two people or the judges of a jury that said different things send a conversation to review, and say of what."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from auricle_contracts import (
    Answer,
    AnswerState,
    ClassOutcome,
    CriterionKind,
    DetectionState,
    Evaluation,
    FindingVerdict,
    MemberRole,
)
from auricle_contracts.artefacts import ArtefactKind, DryRunMethod
from auricle_contracts.review import Disagreement, DisagreementBetween, ReviewReason, ReviewSettings
from auricle_records import dry_runs, labels, results
from auricle_records.artefacts import versions as artefact_versions
from auricle_records.artefacts.models import NewVersion, Version
from auricle_records.calibration import answering
from auricle_records.calibration import sessions as calibrations
from auricle_records.calibration.answering import Given
from auricle_records.calibration.sessions import NewCalibration
from auricle_records.callers import Actor
from auricle_records.dry_runs import NewDryRun, Wanted
from auricle_records.findings import labels as finding_labels
from auricle_records.findings.labels import NewFindingLabel
from auricle_records.labels import Author, NewLabel
from auricle_records.people import directory
from auricle_records.people.directory import NewPerson
from auricle_records.review import (
    disagreeing,
    disagreeing_people,
    disagreeing_versions,
    items,
    queries,
    settings,
    triage,
)
from auricle_records.review.models import ReviewItem
from auricle_records.review.queries import ReviewFilters
from fixtures.tenant import RECIPE, Tenant, a_finding, an_answer, an_evaluation

NOW = datetime.now(UTC)
ANN = Actor("person", "ann", "Анна")
NOTHING = ReviewSettings(audited_share=0, agent_week=0, unsure_below=0, rare_class_below=0, outliers_week=0)
UNTOLD = an_answer("empathy", None, state=AnswerState.UNDETERMINED, confidence=None, quotes=())
STAGE = an_answer("stage", "closing", kind=CriterionKind.CHOICE)


@pytest.fixture
async def quiet(tenant: Tenant) -> Tenant:
    """A workspace that samples nothing: what waits then has a reason of its own."""
    await settings.choose(tenant.db, tenant.workspace, NOTHING, "ann")
    return tenant


async def judged(tenant: Tenant, *answers: Answer, **changes: Any) -> Evaluation:
    """A conversation with a current evaluation that was triaged."""
    run = await tenant.begin(await tenant.chat())
    evaluation = an_evaluation(run, answers).model_copy(update=changes)
    await results.commit_evaluation(tenant.db, run, evaluation)
    await triage.triage(tenant.db, tenant.workspace)
    return (await results.load_evaluation(tenant.db, tenant.workspace, run.conversation_id)).evaluation


async def tried(tenant: Tenant, *said: Evaluation, method: DryRunMethod = DryRunMethod.JUDGED) -> str:
    """A dry run of a version that said this of these conversations; how the version is called."""
    by = Actor("person", "ann", "Анна")
    new = await a_version(tenant, f"tried-{said[0].id}")
    chosen = await dry_runs.chosen(tenant.db, tenant.workspace, Wanted(50))
    past = [one for one in chosen if one.conversation_id in {each.conversation_id for each in said}]
    made = NewDryRun(new.id, RECIPE.hash, RECIPE.hash, method, by)
    told = {one.conversation_id: one for one in said}
    await dry_runs.start(tenant.db, tenant.workspace, made, past, told)
    return f"{new.kind}/{new.name}@{new.hash[:8]}"


async def waiting(tenant: Tenant) -> Sequence[ReviewItem]:
    page = await queries.page(tenant.db, tenant.workspace)
    return page.items


async def drawn(tenant: Tenant) -> int:
    return await disagreeing_versions.draw(tenant.db, tenant.workspace, now=NOW)


async def a_version(tenant: Tenant, name: str) -> Version:
    body = NewVersion(ArtefactKind.SCORECARD, name, f"{abs(hash(name)):064x}"[:64], 1, {}, "")
    return (await artefact_versions.add(tenant.db, tenant.workspace, body, ANN))[0]


def outcome(name: str, state: DetectionState) -> ClassOutcome:
    return ClassOutcome(error_class=name, version="1", state=state, why="x", step="detect")


async def test_what_another_version_says_otherwise_waits_by_name_and_not_what_it_could_not_tell(quiet: Tenant) -> None:
    sure = an_answer()
    found = DetectionState.FOUND, DetectionState.NOT_FOUND, DetectionState.UNDETERMINED
    classes = tuple(outcome(name, state) for name, state in zip(("rude", "late", "open"), found, strict=True))
    same, near = await judged(quiet, sure, STAGE), await judged(quiet, sure, STAGE)
    far = await judged(quiet, sure, STAGE, UNTOLD, outcomes=classes)
    told = far.model_copy(
        update={
            "answers": (an_answer(value=40), STAGE.model_copy(update={"value": "opening"}), an_answer("empathy", 5)),
            "outcomes": (
                outcome("rude", DetectionState.NOT_FOUND),
                outcome("late", DetectionState.UNDETERMINED),
                outcome("open", DetectionState.FOUND),
            ),
        }
    )
    a_little = near.model_copy(update={"answers": (an_answer(value=60), STAGE)})
    version = await tried(quiet, same, a_little, told)
    assert await drawn(quiet) == 1
    (item,) = await waiting(quiet)
    assert (item.evaluation_id, item.reasons) == (far.id, ("undetermined", "disagreeing"))
    assert item.details["disagreeing"] == ("politeness", "rude", "stage")
    assert item.risk == pytest.approx(1 - (1 - 0.5 * 2 / 6) * 0.6, abs=1e-4)
    assert set(item.disagreements) == {
        Disagreement(between=DisagreementBetween.VERSIONS, subject=one, version=version)
        for one in ("politeness", "rude", "stage")
    }
    assert await drawn(quiet) == 0, "told once"


async def test_the_week_takes_those_that_differ_most_and_no_more_than_the_workspace_wants(quiet: Tenant) -> None:
    evaluations = [await judged(quiet, an_answer(), STAGE) for _ in range(3)]
    less = [one.model_copy(update={"answers": (an_answer(value=10), STAGE)}) for one in evaluations[:2]]
    most = evaluations[2].model_copy(update={"answers": (an_answer(value=10), STAGE.model_copy(update={"value": "x"}))})
    await tried(quiet, *less, most)
    for wanted, drawn_now, there in ((0, 0, 0), (1, 1, 1), (1, 0, 1), (2, 1, 2)):
        chosen = NOTHING.model_copy(update={"disagreeing_week": wanted})
        await settings.choose(quiet.db, quiet.workspace, chosen, "ann")
        assert (await drawn(quiet), len(await waiting(quiet))) == (drawn_now, there)
    assert most.id in {one.evaluation_id for one in await waiting(quiet)}, "the one that differs in two came first"
    next_week = NOW + timedelta(days=7)
    assert await disagreeing_versions.draw(quiet.db, quiet.workspace, now=next_week) == 1


async def test_two_versions_say_nothing_about_what_people_or_arithmetic_decided(quiet: Tenant) -> None:
    counted, labelled, reviewed = [await judged(quiet, an_answer(), UNTOLD) for _ in range(3)]
    await tried(quiet, counted.model_copy(update={"answers": (an_answer(value=10),)}), method=DryRunMethod.STORED)
    await put(quiet, labelled, Author("key"), 80)
    (item,) = [one for one in await waiting(quiet) if one.evaluation_id == reviewed.id]
    await items.claim_next(quiet.db, quiet.workspace, ANN)
    await items.done(quiet.db, quiet.workspace, item.id, Actor("person", item.assignee or "ann"))
    other = [one.model_copy(update={"answers": (an_answer(value=10),)}) for one in (labelled, reviewed)]
    await tried(quiet, *other)
    assert await drawn(quiet) == 0


async def test_an_experimental_class_is_nobodys_disagreement(quiet: Tenant) -> None:
    one = await judged(quiet, outcomes=(outcome("no_greeting", DetectionState.NOT_FOUND),))
    found = (outcome("no_greeting", DetectionState.FOUND),)
    trial = one.model_copy(update={"outcomes": found, "findings": (a_finding(experimental=True),)})
    await tried(quiet, trial)
    assert await drawn(quiet) == 0
    await tried(quiet, trial.model_copy(update={"findings": (a_finding(),), "id": "another"}))
    assert await drawn(quiet) == 1


async def put(tenant: Tenant, evaluation: Evaluation, author: Author, value: int) -> None:
    said = NewLabel(evaluation.id, "politeness", AnswerState.ANSWERED, value)
    await labels.put(tenant.db, tenant.workspace, [said], author=author, source="api")


async def person(tenant: Tenant, name: str, role: MemberRole = MemberRole.REVIEWER) -> Author:
    one = await directory.add(tenant.db, tenant.workspace, NewPerson(f"{name}@example.com", name, (role,)))
    return Author(one.id, one.name, "person")


async def disputed(tenant: Tenant) -> int:
    return await disagreeing_people.dispute(tenant.db, tenant.workspace, now=datetime.now(UTC))


async def test_two_reviewers_who_differ_send_it_to_a_third_and_who_finishes_it_settles_it(quiet: Tenant) -> None:
    evaluation = await judged(quiet)
    ann, bob, carl = [await person(quiet, name) for name in ("ann", "bob", "carl")]
    await put(quiet, evaluation, ann, 80)
    await put(quiet, evaluation, bob, 60)
    assert await disputed(quiet) == 0, "20 points are no disagreement of this workspace"
    await put(quiet, evaluation, bob, 40)
    assert await disputed(quiet) == 1
    assert await disputed(quiet) == 0, "told once"
    (item,) = await waiting(quiet)
    assert (item.reasons, item.details, item.risk) == (("disagreeing",), {"disagreeing": ("politeness",)}, 0.4)
    assert item.disagreements == (Disagreement(between=DisagreementBetween.PEOPLE, subject="politeness"),)
    await items.done(quiet.db, quiet.workspace, item.id, Actor("person", carl.id, carl.name))
    assert await disputed(quiet) == 0
    await put(quiet, evaluation, carl, 5)
    assert await disputed(quiet) == 1, "after the review somebody spoke again"
    assert [one.id for one in await waiting(quiet)] == [item.id]


async def test_the_managers_word_after_the_others_settles_it(quiet: Tenant) -> None:
    evaluation = await judged(quiet)
    ann, boss = await person(quiet, "ann"), await person(quiet, "boss", MemberRole.QUALITY_MANAGER)
    await put(quiet, evaluation, ann, 80)
    await put(quiet, evaluation, boss, 10)
    assert await disputed(quiet) == 0
    await put(quiet, evaluation, ann, 70)
    assert await disputed(quiet) == 1, "the reviewer spoke last"


async def test_one_confirms_a_finding_and_another_rejects_it(quiet: Tenant) -> None:
    evaluation = await judged(quiet, findings=(a_finding(),))
    verdicts = {"ann": NewFindingLabel(FindingVerdict.ACCEPT, 2), "bob": NewFindingLabel(FindingVerdict.REJECT, 0)}
    for name, said in verdicts.items():
        by = await person(quiet, name)
        where = evaluation.conversation_id, f"{evaluation.id}.0"
        await finding_labels.put(quiet.db, quiet.workspace, *where, said, author=by, source="api")
    assert await disputed(quiet) == 1
    (item,) = await waiting(quiet)
    assert item.details == {"disagreeing": ("no_greeting",)}


async def test_reviewers_of_a_closed_calibration_who_differ(quiet: Tenant) -> None:
    evaluation = await judged(quiet)
    ann, bob, boss = [await person(quiet, name) for name in ("ann", "bob", "boss")]
    by = Actor("person", boss.id, boss.name)
    reviewers = tuple(Actor("person", one.id, one.name) for one in (ann, bob))
    due = NOW + timedelta(days=1)
    wanted = NewCalibration("Неделя", due, reviewers, conversations=(evaluation.conversation_id,))
    session = await calibrations.open_session(quiet.db, quiet.workspace, wanted, by=by)
    for one, value in ((ann, 80), (bob, 20)):
        said = Given(evaluation.conversation_id, "politeness", one.id, AnswerState.ANSWERED, value)
        await answering.answer(quiet.db, quiet.workspace, session.id, said)
    assert await disputed(quiet) == 0, "nobody knows what was said while it is open"
    await calibrations.close(quiet.db, quiet.workspace, session.id)
    assert await disputed(quiet) == 1
    (item,) = await waiting(quiet)
    assert item.disagreements == (Disagreement(between=DisagreementBetween.PEOPLE, subject="politeness"),)


async def test_what_a_jury_disagrees_on_is_told_of_each_conversation(quiet: Tenant) -> None:
    fresh, known, done = [await judged(quiet, *answers) for answers in ((an_answer(),), (UNTOLD,), (UNTOLD,))]
    raw = await quiet.chat()
    (item,) = [one for one in await waiting(quiet) if one.evaluation_id == done.id]
    await items.done(quiet.db, quiet.workspace, item.id, ANN)
    told = {one.conversation_id: ["rude", "late"] for one in (fresh, known, done)}
    told |= {raw.conversation_id: ["rude"], "no-such": ["rude"]}
    outcomes = await disagreeing.tell(quiet.db, quiet.workspace, told)
    assert [one.outcome for one in outcomes.values()] == ["added", "waits", "reopened", "not_evaluated", "not_found"]
    assert outcomes[done.conversation_id].item_id == item.id
    page = await queries.page(quiet.db, quiet.workspace, ReviewFilters(reason=ReviewReason.DISAGREEING))
    assert {one.evaluation_id for one in page.items} == {fresh.id, known.id, done.id}
    assert all(one.details["disagreeing"] == ("late", "rude") for one in page.items)
    assert {one.between for each in page.items for one in each.disagreements} == {DisagreementBetween.JURY}
