"""The closed lists of words. A value here is spelt the same in JSON, SQL, metric labels and on the page."""

from enum import StrEnum


class Channel(StrEnum):
    """How the conversation was held."""

    CALL = "call"
    CHAT = "chat"
    EMAIL = "email"


class Direction(StrEnum):
    """Who started it, seen from the contact centre."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Role(StrEnum):
    """What a participant is. `agent` is the person of the contact centre, never an AI agent."""

    AGENT = "agent"
    CUSTOMER = "customer"
    BOT = "bot"
    IVR = "ivr"
    UNKNOWN = "unknown"


class ConversationState(StrEnum):
    """receiving ─► stored ─► deleted.  An old `receiving` row is removed with its blobs by keeper."""

    RECEIVING = "receiving"
    STORED = "stored"
    DELETED = "deleted"


class Step(StrEnum):
    """The two things that cost a GPU."""

    TRANSCRIBE = "transcribe"
    EVALUATE = "evaluate"


class RunState(StrEnum):
    """waiting ─► working ─► done | dead;  working ─► waiting when a worker fails or is lost."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    DEAD = "dead"


class Priority(StrEnum):
    """`live` streams are emptied before `backfill` ones."""

    LIVE = "live"
    BACKFILL = "backfill"


class SaleStage(StrEnum):
    """Where a sale stands; nothing else in Auricle is called a stage."""

    START = "start"
    NEEDS = "needs"
    PRESENTATION = "presentation"
    OBJECTIONS = "objections"
    CLOSING = "closing"


class Layer(StrEnum):
    """Who answers a criterion, cheapest first."""

    METADATA = "metadata"
    RULE = "rule"
    MODEL = "model"


class CriterionKind(StrEnum):
    """The shape of a criterion's value."""

    SCORE = "score"
    YES_NO = "yes_no"
    COUNT = "count"
    CHOICE = "choice"
    TEXT = "text"


class AnswerState(StrEnum):
    """`not_applicable`: there was no occasion. `undetermined`: nobody can tell, a person should look. Neither means "no"."""

    ANSWERED = "answered"
    NOT_APPLICABLE = "not_applicable"
    UNDETERMINED = "undetermined"


class DetectionState(StrEnum):
    """What looking for an error class came to. Only `found` is an error; `undetermined` goes to a person, `no_opportunity` to nobody."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    NO_OPPORTUNITY = "no_opportunity"
    UNDETERMINED = "undetermined"


class FlowStepState(StrEnum):
    """How a step of the flow ended. What a failed one was to decide is undetermined; the others keep their answers."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


class Severity(StrEnum):
    """How much a finding matters."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class FindingVerdict(StrEnum):
    """What a person makes of a finding. A rejected one counts nowhere, and stays to be seen."""

    ACCEPT = "accept"
    REJECT = "reject"


class AppealVerdict(StrEnum):
    """How an appeal ends."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    REJECTED = "rejected"


class AppealState(StrEnum):
    """open ─► accepted | partly | rejected (somebody decided), withdrawn (by who opened it)."""

    OPEN = "open"
    ACCEPTED = "accepted"
    PARTLY = "partly"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class CoachingState(StrEnum):
    """open ─► acknowledged ─► done; open | acknowledged ─► withdrawn (by who coaches)."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class CalibrationState(StrEnum):
    """open ─► closed: answers are taken while it is open, and compared once it is closed."""

    OPEN = "open"
    CLOSED = "closed"


class Scope(StrEnum):
    """What an API key or a person's role may do.

    `review`: work the review queue and decide appeals; `appeal`: contest an answer or a finding about oneself; `people`: manage people,
    teams and their sessions; `audit`: read who did what; `promote`: write versions of what decides, make them live, roll them back;
    `knowledge`: write articles of the knowledge base; `train`: read golden items for training, of the test split only with `audit`.
    """

    INGEST = "ingest"
    READ = "read"
    LABEL = "label"
    EXPORT = "export"
    OPERATE = "operate"
    DELETE = "delete"
    UNMASK = "unmask"
    REVIEW = "review"
    APPEAL = "appeal"
    PEOPLE = "people"
    AUDIT = "audit"
    PROMOTE = "promote"
    KNOWLEDGE = "knowledge"
    TRAIN = "train"


class MemberRole(StrEnum):
    """What a person is in a workspace; `auricle_identity.roles` says which scopes that grants. An `agent` sees own conversations only."""

    ADMIN = "admin"
    QUALITY_MANAGER = "quality_manager"
    REVIEWER = "reviewer"
    ANALYST = "analyst"
    AGENT = "agent"
    OPERATIONS = "operations"
