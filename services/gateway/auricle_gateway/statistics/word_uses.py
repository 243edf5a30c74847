"""Words that go together with a choice of conversations: an error class, a low score, an appeal, a missing sale."""

from dataclasses import asdict
from typing import Annotated

from auricle_contracts import Role
from auricle_contracts.conversations import Reference
from auricle_contracts.word_uses import WordUsesView
from auricle_kit.errors import InvalidRequest
from auricle_records import analytics
from auricle_records.analytics import Choice
from auricle_records.conversations import Filters
from auricle_records.conversations.judged import AnswerCondition
from fastapi import APIRouter, Query
from pydantic import Field

from auricle_gateway.access.callers import Reader
from auricle_gateway.conversations.routes import FilterQuery
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import problem_docs
from auricle_gateway.statistics.agents import bounded

router = APIRouter(tags=["analytics"])


class WordUseQuery(FilterQuery):
    """Filters of all that is compared, and what chooses from it; all given ones must hold."""

    choice_error_class: Annotated[
        tuple[Reference, ...], Field(max_length=10, description="A finding of this class counts; given again for each.")
    ] = ()
    choice_answer: Annotated[
        tuple[Annotated[str, Field(max_length=300)], ...],
        Field(max_length=10, description="As `answer`: `sale=false`, `politeness<50`."),
    ] = ()
    choice_score_from: Annotated[float | None, Field(ge=0, le=100, description="The mean of its judged scores.")] = None
    choice_score_below: Annotated[float | None, Field(ge=0, le=100, description="The same, below.")] = None
    choice_appealed: Annotated[bool | None, Field(description="An appeal was opened, whatever became of it.")] = None
    speaker: Annotated[
        Role | None, Field(description="Only what this role says counts. Without it, whoever speaks.")
    ] = None

    def choice(self) -> Choice:
        """As records take it. Raises InvalidRequest for none."""
        filters = Filters(
            answers=tuple(map(AnswerCondition.read, self.choice_answer)),
            error_classes=self.choice_error_class,
            score_from=self.choice_score_from,
            score_below=self.choice_score_below,
        )
        if filters == Filters() and self.choice_appealed is None:
            raise InvalidRequest("nothing is chosen", action="Give one of the `choice_…` filters.")
        return Choice(filters, self.choice_appealed)


@router.get("/word-uses", summary="Words that go together with a choice", responses=problem_docs.of(422))
async def get_word_uses(parts: PartsOf, caller: Reader, query: Annotated[WordUseQuery, Query()]) -> WordUsesView:
    """Of masked text. Without `since` and `id`, of the 92 days before `until` or now; of more than 20,000 conversations the newest,
    with `speaker` of more than 5,000.

    What rests on fewer than five conversations is not shown. Going together is no cause.
    """
    choice = query.choice()
    found = await analytics.word_uses(parts.db, caller.workspace, bounded(query.filters()), choice, query.speaker)
    return WordUsesView.model_validate(asdict(found))
