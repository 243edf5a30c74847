"""The closed lists of the registry: which artefacts decide, and how far each version of one has come."""

from enum import StrEnum


class ArtefactKind(StrEnum):
    """What decides and can be published per workspace without a deployment."""

    SCORECARD = "scorecard"
    ERROR_CLASS = "error_class"
    PROMPT = "prompt"
    FLOW = "flow"
    ADAPTER = "adapter"
    RULE = "rule"
    DETECTOR = "detector"


class ArtefactState(StrEnum):
    """draft ─► candidate ─► live ─► retired. `live` decides now; `retired` decided once, or was given up; both may become live again."""

    DRAFT = "draft"
    CANDIDATE = "candidate"
    LIVE = "live"
    RETIRED = "retired"


class PromotionAction(StrEnum):
    """Why a live pointer moved."""

    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"


class DryRunMethod(StrEnum):
    """How a dry run gets its results: the whole flow again, or another reckoning of answers that are stored."""

    JUDGED = "judged"
    STORED = "stored"
