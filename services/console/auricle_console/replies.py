"""What the gateway answers about a workspace's choices and what is handed in; fields that this page does not know are left alone."""

from collections.abc import Mapping
from datetime import datetime

from auricle_contracts import MemberRole, Scope
from auricle_contracts.artefacts import ArtefactKind, ArtefactState, PromotionAction
from auricle_contracts.golden import GoldenItem
from pydantic import BaseModel, ConfigDict, Field, JsonValue


class Reply(BaseModel):
    """A reply of the gateway's own."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ImportedLabel(Reply):
    """A cell that is a label: what the model had said, and what the sheet says."""

    cell: str
    conversation_id: str
    criterion: str
    old_state: str
    old_value: JsonValue
    state: str
    value: JsonValue


class UnreadCell(Reply):
    """A cell, row or column that was not read, and why."""

    cell: str
    why: str
    cells: int


class LabelImport(Reply):
    """What came of an edited sheet, or, where it was only looked at, would come; in cells."""

    dry_run: bool = False
    answers_read: int = 0
    new: int
    changed: int
    same: int
    unchanged: int
    refused: int
    ignored: int = 0
    labels: tuple[ImportedLabel, ...] = ()
    refused_cells: tuple[UnreadCell, ...] = ()
    ignored_cells: tuple[UnreadCell, ...] = ()

    @property
    def criteria(self) -> tuple[str, ...]:
        """Columns in which something was said, in the order of the sheet."""
        return tuple(dict.fromkeys(one.criterion for one in self.labels))


class Webhook(Reply):
    """An endpoint; nothing is sent to it before `paused_until`."""

    id: str
    url: str
    events: tuple[str, ...]
    failures: int
    paused_until: datetime | None
    created_at: datetime


class ApiKey(Reply):
    """Without its token."""

    id: str
    name: str
    prefix: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    revoked_at: datetime | None
    made_by_name: str | None
    last_used_at: datetime | None


class ApiKeys(Reply):
    items: tuple[ApiKey, ...]


class NewApiKey(ApiKey):
    """With the token, this once."""

    token: str


class OpenSession(Reply):
    """Somebody who is signed in."""

    id: str
    person_id: str
    person_name: str
    client: str
    method: str
    created_at: datetime
    seen_at: datetime
    until: datetime


class OpenSessions(Reply):
    items: tuple[OpenSession, ...]


class Retention(Reply):
    """Days; None: for good. `older` conversations would go."""

    days: int | None
    older: int


class NewWebhook(Webhook):
    """With the secret, which is told once."""

    secret: str


class Webhooks(Reply):
    """Oldest first."""

    items: tuple[Webhook, ...]


class AuditLine(Reply):
    """Somebody did something; `subject` where it was no conversation."""

    actor: str
    actor_name: str | None
    action: str
    conversation_id: str | None
    subject: str | None
    created_at: datetime


class Audit(Reply):
    """Newest first."""

    items: tuple[AuditLine, ...]
    next_cursor: str | None = None


class SignInMethods(Reply):
    """How people of this installation sign in."""

    password: bool
    oidc: bool


class NewSession(Reply):
    """A session of a person; its token goes with every request as a key does."""

    id: str
    token: str
    workspace: str


class OidcFlow(Reply):
    """A sign-in at the identity provider that was begun."""

    url: str
    state: str
    nonce: str
    verifier: str
    workspace: str = ""


class PersonOfSession(Reply):
    """Who is signed in."""

    id: str
    name: str
    limited_to_own: bool = False


class Person(Reply):
    """Somebody who may sign in; of what opens the door only whether it is there."""

    id: str
    email: str
    name: str
    roles: tuple[MemberRole, ...]
    team: str | None
    references: tuple[str, ...]
    active: bool
    has_password: bool
    has_second_factor: bool
    has_provider: bool


class People(Reply):
    """In the order in which they were added."""

    items: tuple[Person, ...]
    next_cursor: str | None


class OneTimeLink(Reply):
    """Sets a password once; `url` is null where the gateway does not know this page."""

    token: str
    url: str | None
    expires_at: datetime


class Artefact(Reply):
    """A version of what decides. `held`: no release replaces it; `in_use`: what comes in now is judged by it."""

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
    author_kind: str
    author: str
    author_name: str | None
    note: str
    serves: tuple[str, ...]
    figures: dict[str, JsonValue]
    created_at: datetime

    def called(self, language: str) -> str:
        """Its title in the language of the page, else its name."""
        return (self.title or {}).get(language, self.name)


class ArtefactText(Artefact):
    """With its text, and the same as an object."""

    text: str
    body: dict[str, JsonValue]


class Artefacts(Reply):
    """What is live by kind and name, or versions of another state, newest first."""

    items: tuple[Artefact, ...]
    next_cursor: str | None


class Promotion(Reply):
    """A live pointer that moved."""

    action: PromotionAction
    from_id: str | None
    from_hash: str | None
    from_held: bool
    to_id: str | None
    to_hash: str | None
    to_held: bool
    reason: str
    evidence: dict[str, JsonValue]
    actor_kind: str
    actor: str
    actor_name: str | None
    appeals: tuple[str, ...] = ()
    created_at: datetime


class ArtefactHistory(Reply):
    """Newest first."""

    versions: tuple[Artefact, ...]
    promotions: tuple[Promotion, ...]


class FieldChange(Reply):
    """A field that differs."""

    path: str
    before: JsonValue
    after: JsonValue


class ArtefactDiff(Reply):
    """What is different from `before`: field by field, and as a unified diff."""

    before: Artefact
    changes: tuple[FieldChange, ...] = ()
    text: str

    def lines(self) -> list[tuple[str, str]]:
        """Each line with what it is: added, removed, a place, or the same; without the two lines that name the versions."""
        return [(_DIFF_LINES.get(line[:1], "same"), line) for line in self.text.splitlines()[2:]]


_DIFF_LINES = {"+": "added", "-": "removed", "@": "place"}


class NamedGoldenItem(GoldenItem):
    """A golden item, and what people whom it names by id are called."""

    names: Mapping[str, str] = Field(default_factory=dict)
