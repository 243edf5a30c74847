"""The sections of the rail, and the keys of the review workspace: each list stands here once, and help and handlers follow it."""

from collections.abc import Mapping
from dataclasses import dataclass

from auricle_contracts import Scope

from auricle_console.sessions import Session


@dataclass(frozen=True)
class Section:
    """One entry of the rail: its page, and the paths that belong to it; `scope` is what a session needs to see it, and with `personal`
    to be a person's.

    Of two with one name the first that a session may open is shown.
    """

    name: str
    address: str
    paths: tuple[str, ...]
    scope: Scope | None = None
    personal: bool = False


@dataclass(frozen=True)
class Key:
    """A key by its name in DOM events, and the action of `review.js` that it starts."""

    key: str
    does: str


SYSTEM_PATHS = ("/dead", "/queues", "/dashboards/operations")
SECTIONS = (
    Section("own", "/me", ("/me",), Scope.APPEAL, personal=True),
    Section("review", "/review", ("/review",), Scope.REVIEW),
    Section("conversations", "/conversations", ("/conversations", "/upload")),
    Section("agents", "/agents", ("/agents",)),
    Section("coaching", "/coaching", ("/coaching", "/quizzes"), Scope.REVIEW),
    Section("coaching", "/coaching", ("/coaching", "/quizzes"), Scope.APPEAL, personal=True),
    Section("calibration", "/calibrations", ("/calibrations",), Scope.REVIEW),
    Section("appeals", "/appeals", ("/appeals",), Scope.APPEAL),
    Section("appeals", "/appeals", ("/appeals",), Scope.REVIEW),
    Section("alerts", "/alerts", ("/alerts",), Scope.AUDIT),
    Section("analytics", "/dashboards/quality", ("/dashboards/quality", "/dashboards/economics", "/analytics")),
    Section("knowledge", "/knowledge", ("/knowledge",), Scope.KNOWLEDGE),
    Section("golden", "/golden", ("/golden",), Scope.TRAIN),
    Section("settings", "/settings", ("/settings",), Scope.OPERATE),
    Section("settings", "/settings/people", ("/settings",), Scope.PEOPLE),
    Section("settings", "/settings/artefacts", ("/settings",), Scope.PROMOTE),
    Section("system", "/dead", SYSTEM_PATHS, Scope.OPERATE),
)
KEYS = (
    Key(" ", "play"),
    Key("ArrowLeft", "back"),
    Key("ArrowRight", "on"),
    Key("ArrowUp", "up"),
    Key("ArrowDown", "down"),
    Key("q", "quote"),
    Key("y", "agree"),
    Key("n", "contest"),
    Key("u", "cannot_tell"),
    Key("2", "grade_2"),
    Key("1", "grade_1"),
    Key("0", "grade_0"),
    Key("e", "missed"),
    Key("Enter", "save"),
    Key("j", "next"),
    Key("k", "previous"),
    Key("/", "search"),
    Key("?", "help"),
)
_ALONG_THE_LIST = ("next", "previous")
REVIEW_KEYS = (Key("d", "done"), Key("s", "skip"), *(one for one in KEYS if one.does not in _ALONG_THE_LIST))
"""Those of a conversation that is reviewed out of the queue: what comes next, the queue says."""


def sections_for(session: Session | None) -> tuple[Section, ...]:
    """What this session may open."""
    allowed = [one for one in SECTIONS if session and _may_open(one, session)]
    return tuple({one.name: one for one in reversed(allowed)}.values())[::-1]


def _may_open(section: Section, session: Session) -> bool:
    return (section.scope is None or session.may(section.scope)) and (bool(session.person) or not section.personal)


def section_of(path: str) -> str:
    """The name of the section that a path belongs to, "" where none does."""
    found = (one.name for one in SECTIONS for begun in one.paths if path == begun or path.startswith(f"{begun}/"))
    return next(found, "")


def query_of(chosen: Mapping[str, str], cursor: str | None) -> dict[str, str]:
    """What narrowed a list, for the links of its rows: the workspace shows the same list beside the conversation."""
    return {**chosen, "cursor": cursor} if cursor else dict(chosen)
