"""What the knowledge base needs: findings that cite what it says no more, to be judged again, and error classes without an article."""

from dataclasses import asdict
from typing import Annotated, Literal

from auricle_contracts.audit import AuditAction
from auricle_contracts.conversations import Reference
from auricle_criteria import ErrorClass
from auricle_kit import log, tracing
from auricle_records.knowledge import articles, staleness
from fastapi import APIRouter, Query

from auricle_gateway.access.callers import ArtefactReader, KnowledgeEditor
from auricle_gateway.audit.trail import note
from auricle_gateway.knowledge.replies import Gap, GapList, JudgedAgain, StaleArticle, StaleList
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import problem_docs

router = APIRouter(tags=["knowledge"])
logger = log.get("gateway.knowledge")


@router.get("/knowledge/stale", summary="Articles with stale findings", responses=problem_docs.of())
async def list_stale(parts: PartsOf, caller: ArtefactReader) -> StaleList:
    """A finding is stale where the passage that it cites reads otherwise now, is gone, or its article is retired or removed."""
    found = await staleness.by_article(parts.db, caller.workspace)
    return StaleList(items=tuple(StaleArticle(**asdict(one)) for one in found))


@router.post(
    "/knowledge/stale/judge-again", status_code=202, summary="Judge stale findings again", responses=problem_docs.of()
)
async def judge_again(
    parts: PartsOf,
    caller: KnowledgeEditor,
    article_id: Annotated[Reference | None, Query(description="Only findings that cite this article.")] = None,
) -> JudgedAgain:
    """An evaluation anew of up to 200 conversations with stale findings, under the current recipe. Asked for twice, it is one run each."""
    recipe = await parts.pinned.for_workspace(parts.db, caller.workspace)
    made = await staleness.judge_again(
        parts.db, caller.workspace, recipe, article_id=article_id, traceparent=tracing.traceparent()
    )
    for run in made.runs:
        parts.publisher.publish(run)
    if made.runs:
        details = {"runs": len(made.runs), "article": article_id}
        await note(parts.db, caller, AuditAction.STALE_JUDGED_AGAIN, subject=article_id, details=details)
        logger.info("stale_judged_again", by=caller.id, runs=len(made.runs), left=made.left)
    return JudgedAgain(runs=len(made.runs), already=made.already, left=made.left)


@router.get("/knowledge/gaps", summary="Error classes without an article", responses=problem_docs.of())
async def list_gaps(parts: PartsOf, caller: ArtefactReader) -> GapList:
    """Of the workspace's live classes those whose comments cite nothing. A class that all articles decide has a gap only without any."""
    live = await parts.pinned.live.of(parts.db, caller.workspace)
    active = await articles.active_references(parts.db, caller.workspace)
    looked_for = {one.id for one in live.bundle.classes}
    classes = live.library.classes.values()
    gaps = [_gap(one, why, looked_for=one.id in looked_for) for one in classes if (why := _why(one, active))]
    return GapList(items=tuple(sorted(gaps, key=lambda one: not one.looked_for)), classes=len(classes))


def _why(one: ErrorClass, active: frozenset[str]) -> Literal["none", "missing"] | None:
    if one.articles:
        return None if active.intersection(one.articles) else "missing"
    return None if one.by_articles and active else "none"


def _gap(one: ErrorClass, why: Literal["none", "missing"], *, looked_for: bool) -> Gap:
    return Gap(
        error_class=one.id,
        category=one.category,
        title=one.title,
        looked_for=looked_for,
        why=why,
        articles=one.articles,
    )
