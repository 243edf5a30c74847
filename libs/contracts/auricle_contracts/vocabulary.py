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


class Severity(StrEnum):
    """How much a finding matters."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Scope(StrEnum):
    """What an API key may do."""

    INGEST = "ingest"
    READ = "read"
    LABEL = "label"
    EXPORT = "export"
    OPERATE = "operate"
    DELETE = "delete"
    UNMASK = "unmask"
