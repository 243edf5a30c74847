"""Bodies and replies of the registry's routes."""

from datetime import datetime
from typing import Annotated, Literal

from auricle_contracts import Contract
from auricle_contracts.artefacts import ArtefactKind, ArtefactState, PromotionAction
from auricle_contracts.conversations import Reference
from pydantic import AfterValidator, Field, JsonValue, StringConstraints
from pydantic_core import to_json

MOST_JSON_BYTES = 16 * 1024


def _small(document: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if len(to_json(document)) > MOST_JSON_BYTES:
        raise ValueError(f"is larger than {MOST_JSON_BYTES} bytes of JSON")
    return document


Document = Annotated[dict[str, JsonValue], AfterValidator(_small)]
Reason = Annotated[str, StringConstraints(min_length=3, max_length=1000, strip_whitespace=True)]
Settable = Literal[ArtefactState.DRAFT, ArtefactState.CANDIDATE, ArtefactState.RETIRED]


class ArtefactIn(Contract):
    """A version as a document (YAML, or JSON). Its `id` is the name, its `note` says why it exists."""

    kind: ArtefactKind
    text: Annotated[str, StringConstraints(min_length=1, max_length=400_000)]
    state: Literal[ArtefactState.DRAFT, ArtefactState.CANDIDATE] = ArtefactState.DRAFT


class ArtefactPatch(Contract):
    """What may change of a version. `figures`: what was measured of it, in the place of earlier ones."""

    state: Settable | None = None
    figures: Document | None = None


class PromotionIn(Contract):
    """Why, on what evidence (ids of gate runs, figures), which accepted appeals it answers, and what the caller saw live: another one by
    now is 409 `live_moved`.
    """

    reason: Reason
    evidence: Document = Field(default_factory=dict)
    appeals: Annotated[tuple[Reference, ...], Field(max_length=100)] = ()
    expected: str | None = None


class RollbackIn(Contract):
    """Why, and back to what was live `before`, or to what the release brought (`shipped`), which then follows the next releases."""

    reason: Reason
    evidence: Document = Field(default_factory=dict)
    to: Literal["before", "shipped"] = "before"


class VersionView(Contract):
    """A version without its text. `held`: it stays live when a release brings another; `shipped`: this release brought it;
    `in_use`: what comes in now is judged by it (a class that is live and that no scorecard looks for is not).
    """

    id: str
    kind: ArtefactKind
    name: str
    title: dict[str, str] | None
    hash: str
    version: int
    state: ArtefactState
    held: bool
    shipped: bool
    in_use: bool
    author_kind: Literal["shipped", "api_key", "person"]
    author: str
    author_name: str | None
    note: str
    serves: tuple[str, ...]
    figures: dict[str, JsonValue]
    created_at: datetime


class ArtefactView(VersionView):
    """With its text, as YAML, and the same as a JSON object for editors that show fields."""

    text: str
    body: dict[str, JsonValue]


class ArtefactPage(Contract):
    """What is live by kind and name, or versions of another state, newest first. `next_cursor` asks for the next page; null on the last."""

    items: tuple[VersionView, ...]
    next_cursor: str | None


class PromotionView(Contract):
    """A live pointer that moved. A null version: nothing was live there; not `held`: it came with the release. `appeals`: ids of accepted
    appeals that it answers.
    """

    id: str
    action: PromotionAction
    from_id: str | None
    from_hash: str | None
    from_held: bool
    to_id: str | None
    to_hash: str | None
    to_held: bool
    reason: str
    evidence: dict[str, JsonValue]
    actor_kind: Literal["api_key", "person"]
    actor: str
    actor_name: str | None
    appeals: tuple[str, ...]
    created_at: datetime


class ArtefactHistory(Contract):
    """All versions of a name and all moves of its pointer, each newest first (200 at most)."""

    versions: tuple[VersionView, ...]
    promotions: tuple[PromotionView, ...]


class FieldChange(Contract):
    """A field that differs: `before` or `after` is null where it is not there."""

    path: str
    before: JsonValue
    after: JsonValue


class ArtefactDiff(Contract):
    """What is different from another version of the name: fields, and the text as a unified diff."""

    before: VersionView
    after: VersionView
    changes: tuple[FieldChange, ...]
    text: str
