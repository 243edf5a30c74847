"""Items as they are shown: each with its conversation, without what is hidden from the caller."""

from collections.abc import Sequence
from dataclasses import asdict

from auricle_contracts.masking import MaskingSettings
from auricle_contracts.review import ReviewReason
from auricle_records import conversations
from auricle_records.callers import Caller
from auricle_records.conversations import Filters
from auricle_records.review.models import ReviewItem

from auricle_gateway.conversations.replies import listed
from auricle_gateway.parts import Parts
from auricle_gateway.review.replies import ReviewItemView


async def shown(parts: Parts, caller: Caller, items: Sequence[ReviewItem]) -> tuple[ReviewItemView, ...]:
    """In their order; the conversations come in one page."""
    if not items:
        return ()
    wanted = Filters(ids=tuple({item.conversation_id for item in items}))
    page = await conversations.page(parts.db, caller.workspace, wanted, limit=len(items), with_summaries=True)
    chosen = await parts.privacy.hides_people(caller)
    views = (parts.privacy.view(parts.workers.explain(view), chosen) for view in page.items)
    found = {view.id: listed(view, page.summaries.get(view.id)) for view in views}
    return tuple(
        ReviewItemView.model_validate(
            asdict(item)
            | {"conversation": found.get(item.conversation_id)}
            | {"note": item.note and parts.privacy.free_words(item.conversation_id, item.note, chosen)}
            | {"details": _details(parts, item, chosen)}
        )
        for item in items
    )


def _details(parts: Parts, item: ReviewItem, chosen: MaskingSettings | None) -> dict[str, tuple[str, ...]]:
    """Why somebody asked for it is said in words of a person; everything else is a name."""
    details = dict(item.details)
    if asked := details.get(ReviewReason.REQUESTED):
        shown = tuple(parts.privacy.free_words(item.conversation_id, one, chosen) for one in asked)
        details[ReviewReason.REQUESTED] = shown
    return details


async def one(parts: Parts, caller: Caller, item: ReviewItem) -> ReviewItemView:
    """The same of a single item."""
    (view,) = await shown(parts, caller, [item])
    return view
