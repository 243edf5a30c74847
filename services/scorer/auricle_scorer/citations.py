"""The passage of the knowledge base that a finding rests on: of the articles that its class names, the one nearest to what was said."""

from collections.abc import Mapping, Sequence

from auricle_contracts import Evaluation, Finding
from auricle_contracts.knowledge import Citation
from auricle_criteria import ErrorClass
from auricle_records.database import Database
from auricle_records.knowledge import search

MAX_CHARS = 2000


async def cited(db: Database, workspace: str, evaluation: Evaluation, classes: Sequence[ErrorClass]) -> Evaluation:
    """The evaluation whose findings have their citations; a class without articles, or whose articles say nothing of it, gets none."""
    known = {one.id: one for one in classes if one.articles}
    if not any(one.error_class in known for one in evaluation.findings):
        return evaluation
    found = [await _with_citation(db, workspace, one, known) for one in evaluation.findings]
    return evaluation.model_copy(update={"findings": tuple(found)})


async def _with_citation(db: Database, workspace: str, finding: Finding, known: Mapping[str, ErrorClass]) -> Finding:
    error_class = known.get(finding.error_class)
    if error_class is None:
        return finding
    words = " ".join((error_class.title.ru, error_class.title.en, *(quote.text for quote in finding.quotes)))
    near = await search.nearest(db, workspace, words[:MAX_CHARS], error_class.articles)
    if near is None:
        return finding
    citation = Citation(
        article_id=near.article_id, reference=near.reference, title=near.title, version=near.version,
        passage=near.passage.id, headings=near.passage.headings, text=near.passage.text,
    )  # fmt: skip
    return finding.model_copy(update={"citation": citation, "knowledge": near.reference})
