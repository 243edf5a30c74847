"""The knowledge base of a workspace as the checklist reads it: passages near to what was said, as citations."""

from collections.abc import Sequence
from dataclasses import dataclass

from auricle_contracts.knowledge import Citation
from auricle_records.database import Database
from auricle_records.knowledge import search
from auricle_records.knowledge.search import PassageFound

MAX_CHARS = 2000


@dataclass(frozen=True)
class WorkspaceArticles:
    """Active articles of one workspace, by Postgres' full text."""

    db: Database
    workspace: str

    async def nearest(self, words: str, references: Sequence[str] | None, *, most: int = 1) -> Sequence[Citation]:
        """Passages of these articles (None: of all) that share most with the words, the best first."""
        found = await search.nearest(self.db, self.workspace, words[:MAX_CHARS], references, most=most)
        return tuple(map(_citation, found))


def _citation(found: PassageFound) -> Citation:
    return Citation(
        article_id=found.article_id, reference=found.reference, title=found.title, version=found.version,
        passage=found.passage.id, headings=found.passage.headings, text=found.passage.text,
    )  # fmt: skip
