"""Errors of Postgres and the blob store.

AuricleError
├── NotFound               404  no such row in this workspace (or another workspace's, which looks the same)
├── Gone                   410  it was here and was deleted: a tombstone stands in its place
│   └── DeletedMeanwhile   410  the same, met by a worker that wanted to commit a result
├── StillReceiving         409  the first request with this idempotency key or external id has not finished (retryable)
├── IdempotencyConflict    409  the key was used for another body
├── ExternalIdConflict     409  the workspace's source already has a conversation of this id
├── RevisionConflict       409  the conversation has grown, or is growing, since the caller looked
├── NotDead                409  only a dead run can be resent
├── ReviewClosed           409  a review item that is done, skipped, or of an earlier evaluation
├── AssignedElsewhere      409  somebody else has the review item
├── AppealExists           409  what is contested was contested already in this revision
├── AppealClosed           409  the appeal is decided or withdrawn
├── AppealWindowClosed     409  the evaluation is older than the workspace lets it be contested
├── CoachingClosed         409  the coaching task is done or withdrawn
├── QuizAnswered           409  a question of a quiz is answered once
├── CalibrationOpen        409  a session is compared once it is closed
├── CalibrationClosed      409  a closed session takes no answer
├── NotOwnConversation     403  only the agent of a conversation appeals
├── OwnAppeal              403  nobody decides an own appeal
├── FindingExists          409  the evaluation has a finding of this class and participant: it is judged, not added again
├── GoldenConsentMissing   409  the workspace does not let golden items be kept
├── NameTaken              409  an e-mail, a reference or a name that must be one's own is another's
├── LastAdmin              409  the workspace would have no admin left
├── LiveMoved              409  another version is live than the caller took for it
├── NothingBefore          409  nothing was live before this version
├── AppealUnfit            422  a version answers accepted appeals about what it decides
├── DisclosureMoved        409  another version of the disclosure is to be read by now
├── DryRunOpen             409  a dry run of this version has not ended
├── TrainingOpen           409  a training of the workspace is under way
├── TrainingOver           409  it has ended, or is not where this would follow
├── TooFewExamples         409  fewer golden items teach a prompt than are needed
├── NothingToJudge         409  no conversation is there that a dry run could judge
├── OverBudget             409  a dry run is estimated to use more than it may
├── LinkUsedUp             410  a one-time link that is used, replaced, too old or not ours
├── QuotaExceeded          507  the workspace's storage is full
├── BlobMissing            500  a row names a blob that the store does not have
├── RangeNotSatisfiable    416  the range starts behind the blob's end
└── StoreUnavailable       503  Postgres or the blob store does not answer (retryable)
    └── LeadershipLost     503  a keeper's round outlived its lease
"""

from auricle_contracts import Code
from auricle_kit.errors import AuricleError, NotFound

__all__ = [
    "AppealClosed",
    "AppealExists",
    "AppealUnfit",
    "AppealWindowClosed",
    "AssignedElsewhere",
    "BlobMissing",
    "CalibrationClosed",
    "CalibrationOpen",
    "CoachingClosed",
    "DeletedMeanwhile",
    "DisclosureMoved",
    "DryRunOpen",
    "ExternalIdConflict",
    "FindingExists",
    "GoldenConsentMissing",
    "Gone",
    "IdempotencyConflict",
    "LastAdmin",
    "LeadershipLost",
    "LinkUsedUp",
    "LiveMoved",
    "NameTaken",
    "NotDead",
    "NotFound",
    "NotOwnConversation",
    "NothingBefore",
    "NothingToJudge",
    "OverBudget",
    "OwnAppeal",
    "QuizAnswered",
    "QuotaExceeded",
    "RangeNotSatisfiable",
    "ReviewClosed",
    "RevisionConflict",
    "StillReceiving",
    "StoreUnavailable",
    "TooFewExamples",
    "TrainingOpen",
    "TrainingOver",
]

RETRY_AFTER_S = 2


class Gone(AuricleError):
    """The conversation was deleted."""

    code = Code.GONE
    status = 410


class DeletedMeanwhile(Gone):
    """A result came for a conversation that was deleted while the worker worked; nothing was written."""

    code = Code.DELETED_MEANWHILE


class StillReceiving(AuricleError):
    """The first request is still on its way; carries Retry-After. `conversation_id` is the one whose first body is awaited, where known."""

    code = Code.STILL_RECEIVING
    status = 409
    retryable = True

    def __init__(self, detail: str, *, conversation_id: str | None = None) -> None:
        super().__init__(detail, action="Ask again later.", headers={"Retry-After": str(RETRY_AFTER_S)})
        self.conversation_id = conversation_id


class IdempotencyConflict(AuricleError):
    """The idempotency key already stands for another body."""

    code = Code.IDEMPOTENCY_CONFLICT
    status = 409


class ExternalIdConflict(AuricleError):
    """`conversation_id` is the conversation that has this external id already."""

    code = Code.EXTERNAL_ID_CONFLICT
    status = 409

    def __init__(self, conversation_id: str) -> None:
        super().__init__(
            f"the source already has this external_id: conversation {conversation_id}",
            action="PATCH that conversation, or post a grown chat or thread as its revision.",
        )
        self.conversation_id = conversation_id


class RevisionConflict(AuricleError):
    """The revision that the caller built on is not the newest any more."""

    code = Code.REVISION_CONFLICT
    status = 409


class NotDead(AuricleError):
    """The run is waiting, at work or done; there is nothing to resend."""

    code = Code.NOT_DEAD
    status = 409


class ReviewClosed(AuricleError):
    """Nothing of the review item can be changed any more."""

    code = Code.REVIEW_CLOSED
    status = 409

    def __init__(self, state: str) -> None:
        super().__init__(f"this review item is {state}", action="Take the next one: POST /v1/review-items/next.")


class AssignedElsewhere(AuricleError):
    """Two people do not review one conversation without knowing of each other."""

    code = Code.ASSIGNED_ELSEWHERE
    status = 409

    def __init__(self, name: str) -> None:
        super().__init__(
            f"this review item is assigned to {name}",
            action="Take the next one, or let a quality manager assign it to you.",
        )


class AppealExists(AuricleError):
    """`appeal_id` is the one that stands there, perhaps decided."""

    code = Code.APPEAL_EXISTS
    status = 409

    def __init__(self, appeal_id: str, state: str) -> None:
        super().__init__(
            f"this was contested already: appeal {appeal_id} is {state}",
            action="Read it: GET /v1/appeals/{id}. What is decided is not contested again.",
        )
        self.appeal_id = appeal_id


class AppealClosed(AuricleError):
    """Nothing of it changes any more."""

    code = Code.APPEAL_CLOSED
    status = 409

    def __init__(self, state: str) -> None:
        super().__init__(
            f"this appeal is {state}", action="Verdicts go on by POST /v1/labels and …/findings/{id}/labels."
        )


class CoachingClosed(AuricleError):
    """Nothing of it changes any more."""

    code = Code.COACHING_CLOSED
    status = 409

    def __init__(self, state: str) -> None:
        super().__init__(f"this coaching task is {state}", action="Give another task: POST /v1/coaching-tasks.")


class QuizAnswered(AuricleError):
    """The first choice stands: what is right was shown behind it."""

    code = Code.QUIZ_ANSWERED
    status = 409

    def __init__(self) -> None:
        super().__init__("this question is answered already", action="Answer the next one.")


class CalibrationOpen(AuricleError):
    """Whoever saw others' answers would not be blind any more."""

    code = Code.CALIBRATION_OPEN
    status = 409

    def __init__(self) -> None:
        super().__init__("the session is open", action="Close it: POST /v1/calibrations/{id}/closing.")


class CalibrationClosed(AuricleError):
    """Answers were compared."""

    code = Code.CALIBRATION_CLOSED
    status = 409

    def __init__(self) -> None:
        super().__init__("the session is closed", action="Open another one: POST /v1/calibrations.")


class AppealWindowClosed(AuricleError):
    """The workspace says for how many days an evaluation can be contested (`window_days` of /v1/appeal-settings)."""

    code = Code.APPEAL_WINDOW_CLOSED
    status = 409

    def __init__(self, days: int) -> None:
        super().__init__(
            f"evaluations can be contested for {days} days",
            action="Ask a reviewer to look at it, who may judge it any time.",
        )


class NotOwnConversation(AuricleError):
    """Whoever appeals is an agent of the conversation, by a reference of theirs."""

    code = Code.FORBIDDEN
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "only an agent of the conversation appeals", action="Ask an admin to add your reference to your person."
        )


class OwnAppeal(AuricleError):
    """Somebody else decides."""

    code = Code.FORBIDDEN
    status = 403

    def __init__(self) -> None:
        super().__init__("nobody decides an own appeal", action="Let somebody else who reviews decide it.")


class FindingExists(AuricleError):
    """`finding_id` is the finding that stands there already, perhaps rejected."""

    code = Code.FINDING_EXISTS
    status = 409

    def __init__(self, finding_id: str) -> None:
        super().__init__(
            f"the evaluation already has this class for this participant: finding {finding_id}",
            action="Give a verdict on that finding in place of adding it again.",
        )
        self.finding_id = finding_id


class GoldenConsentMissing(AuricleError):
    """Copies that outlive retention are kept only where the workspace said so."""

    code = Code.GOLDEN_CONSENT_MISSING
    status = 409

    def __init__(self) -> None:
        super().__init__(
            "this workspace has not consented to keeping golden items",
            action="A quality manager consents for it: PUT /v1/golden-settings.",
        )


class NameTaken(AuricleError):
    """Somebody or something of the workspace has it already."""

    code = Code.NAME_TAKEN
    status = 409


class LastAdmin(AuricleError):
    """Nobody could give the role back."""

    code = Code.LAST_ADMIN
    status = 409

    def __init__(self, detail: str) -> None:
        super().__init__(detail, action="Make somebody else an admin first.")


class LiveMoved(AuricleError):
    """A live pointer stands elsewhere than the caller thought."""

    code = Code.LIVE_MOVED
    status = 409


class DryRunOpen(AuricleError):
    """One at a time of a version."""

    code = Code.DRY_RUN_OPEN
    status = 409


class ShadowOver(AuricleError):
    """It takes up nothing any more."""

    code = Code.SHADOW_OVER
    status = 409


class CanaryOpen(AuricleError):
    """One at a time in a workspace: what differs has one cause."""

    code = Code.CANARY_OPEN
    status = 409


class CanaryOver(AuricleError):
    """It does not run any more."""

    code = Code.CANARY_OVER
    status = 409


class TrainingOpen(AuricleError):
    """One at a time in a workspace."""

    code = Code.TRAINING_OPEN
    status = 409

    def __init__(self) -> None:
        super().__init__(
            "a training is under way", action="Wait for it, or stop it: GET /v1/trainings lists it, DELETE stops it."
        )


class TrainingOver(AuricleError):
    """It is not where what was asked for would follow."""

    code = Code.TRAINING_OVER
    status = 409


class TooFewExamples(AuricleError):
    """`examples` are there, `fewest` are needed."""

    code = Code.TOO_FEW_EXAMPLES
    status = 409

    def __init__(self, examples: int, fewest: int) -> None:
        super().__init__(
            f"{fewest} examples are needed and {examples} are there",
            action="Add golden items of the training split that have every answer of a prompt, each with its place,"
            " or ask for fewer: `fewest` of /v1/training-settings.",
        )


class NothingToJudge(AuricleError):
    """No conversation with a current evaluation is there, of the channels that were asked for."""

    code = Code.NOTHING_TO_JUDGE
    status = 409


class OverBudget(AuricleError):
    """The dry run would use more tokens than its budget, by what its conversations used before; or nobody knows."""

    code = Code.OVER_BUDGET
    status = 409


class NothingBefore(AuricleError):
    """There is no earlier version to go back to."""

    code = Code.NOTHING_BEFORE
    status = 409

    def __init__(self, detail: str) -> None:
        super().__init__(detail, action="Name the version that you mean: GET /v1/artefacts/{id}/history lists them.")


class AppealUnfit(AuricleError):
    """A promotion names an appeal that it cannot answer: not there, not accepted, or about something that the version does not decide."""

    code = Code.APPEAL_UNFIT
    status = 422

    def __init__(self, appeal_id: str) -> None:
        super().__init__(
            f"this version cannot answer the appeal {appeal_id[:64]}",
            action="Name accepted appeals about what the version decides: GET /v1/appeals?for_artefact=…",
        )


class DisclosureMoved(AuricleError):
    """What was read is not what counts now."""

    code = Code.DISCLOSURE_MOVED
    status = 409

    def __init__(self) -> None:
        super().__init__("the disclosure has another version", action="Read the newest: GET /v1/disclosure.")


class LinkUsedUp(AuricleError):
    """A one-time link opens once, and not for long; the same words whatever is wrong with it."""

    code = Code.LINK_USED_UP
    status = 410

    def __init__(self) -> None:
        super().__init__("this link does not open anything any more", action="Ask an admin for a new one.")


class QuotaExceeded(AuricleError):
    """The workspace's storage quota is used up: trying again does not help, deleting does."""

    code = Code.QUOTA_EXCEEDED
    status = 507


class BlobMissing(AuricleError):
    """The blob store has no such key."""

    code = Code.BLOB_MISSING
    status = 500


class RangeNotSatisfiable(AuricleError):
    """The range starts at or behind the end of the blob."""

    code = Code.RANGE_NOT_SATISFIABLE
    status = 416


class StoreUnavailable(AuricleError):
    """Postgres or the blob store does not answer; the same call may succeed later."""

    code = Code.STORE_UNAVAILABLE
    status = 503
    retryable = True


class LeadershipLost(StoreUnavailable):
    """Another keeper may lead by now: the round was cut off before its lease ended."""
