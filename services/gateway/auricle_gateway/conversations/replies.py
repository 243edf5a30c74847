"""Bodies and replies of the conversations routes."""

from auricle_contracts import Contract, ConversationSummary, ConversationView, ListedConversation, TextMatches


class ConversationPage(Contract):
    """In the order that was asked for. `next_cursor` asks for the next page; null on the last."""

    items: tuple[ListedConversation, ...]
    next_cursor: str | None


class FacetView(Contract):
    """A value that a filter finds, the name that goes with it, and how many of the newest conversations have it."""

    value: str
    name: str | None
    count: int


class FacetList(Contract):
    """Suggestions for the filters of the same names, the most frequent first."""

    agents: tuple[FacetView, ...]
    lines: tuple[FacetView, ...]


def listed(
    view: ConversationView, summary: ConversationSummary | None, matches: TextMatches | None = None
) -> ListedConversation:
    """An item of a page."""
    return ListedConversation(**dict(view), summary=summary, matches=matches)
