"""RFC 9457 problems and the stable codes that clients may switch on.

Codes are append-only: a code that was ever released keeps its meaning.
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Code(StrEnum):
    """Every error that a client, an operator or a dead run can show."""

    # the request
    INVALID_REQUEST = "invalid_request"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    BODY_TOO_LARGE = "body_too_large"
    BODY_MISSING = "body_missing"
    LENGTH_MISMATCH = "length_mismatch"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NOT_READY = "not_ready"
    GONE = "gone"
    RANGE_NOT_SATISFIABLE = "range_not_satisfiable"
    RATE_LIMITED = "rate_limited"
    BUSY = "busy"
    QUOTA_EXCEEDED = "quota_exceeded"
    IDEMPOTENCY_CONFLICT = "idempotency_conflict"
    STILL_RECEIVING = "still_receiving"
    EXTERNAL_ID_CONFLICT = "external_id_conflict"
    REVISION_CONFLICT = "revision_conflict"
    NOT_DEAD = "not_dead"
    REVIEW_CLOSED = "review_closed"
    ASSIGNED_ELSEWHERE = "assigned_elsewhere"
    FINDING_EXISTS = "finding_exists"
    APPEAL_EXISTS = "appeal_exists"
    APPEAL_CLOSED = "appeal_closed"
    APPEAL_WINDOW_CLOSED = "appeal_window_closed"
    COACHING_CLOSED = "coaching_closed"
    QUIZ_ANSWERED = "quiz_answered"
    DISCLOSURE_MOVED = "disclosure_moved"
    CALIBRATION_OPEN = "calibration_open"
    CALIBRATION_CLOSED = "calibration_closed"
    GOLDEN_CONSENT_MISSING = "golden_consent_missing"
    GOLDEN_TEST_SPLIT = "golden_test_split"
    # people
    SIGN_IN_REFUSED = "sign_in_refused"
    SECOND_FACTOR_REQUIRED = "second_factor_required"
    WORKSPACE_REQUIRED = "workspace_required"
    LINK_USED_UP = "link_used_up"
    NAME_TAKEN = "name_taken"
    LAST_ADMIN = "last_admin"
    # the registry
    ARTEFACT_INVALID = "artefact_invalid"
    ARTEFACT_UNFIT = "artefact_unfit"
    LIVE_MOVED = "live_moved"
    NOTHING_BEFORE = "nothing_before"
    GATE_NOT_PASSED = "gate_not_passed"
    APPEAL_UNFIT = "appeal_unfit"
    # judges
    JUDGE_IS_SCORER = "judge_is_scorer"
    WEIGHTS_UNKNOWN = "weights_unknown"
    DRY_RUN_OPEN = "dry_run_open"
    NOTHING_TO_JUDGE = "nothing_to_judge"
    SHADOW_OVER = "shadow_over"
    CANARY_OPEN = "canary_open"
    CANARY_OVER = "canary_over"
    OVER_BUDGET = "over_budget"
    # trainings
    TRAINING_OPEN = "training_open"
    TRAINING_OVER = "training_over"
    TRAINING_OFF = "training_off"
    TOO_FEW_EXAMPLES = "too_few_examples"
    MEMORY_TOO_SMALL = "memory_too_small"
    TRAINER_FAILED = "trainer_failed"
    OVER_TIME = "over_time"
    # a vendor's post to a hook
    SIGNATURE_INVALID = "signature_invalid"
    PAYLOAD_MISMATCH = "payload_mismatch"
    # a document of the knowledge base
    DOCUMENT_BROKEN = "document_broken"
    DOCUMENT_ENCRYPTED = "document_encrypted"
    DOCUMENT_WITHOUT_TEXT = "document_without_text"
    DOCUMENT_TOO_LONG = "document_too_long"
    # fetching a recording
    URL_REFUSED = "url_refused"
    FETCH_FAILED = "fetch_failed"
    # the recording
    NOT_AUDIO = "not_audio"
    AUDIO_BROKEN = "audio_broken"
    AUDIO_EMPTY = "audio_empty"
    AUDIO_TOO_LONG = "audio_too_long"
    AUDIO_TOO_LARGE = "audio_too_large"
    TOO_MANY_TRACKS = "too_many_tracks"
    DECODER_LIMIT = "decoder_limit"
    # the engines
    SPEECH_ENGINE_FAILED = "speech_engine_failed"
    MODEL_UNAVAILABLE = "model_unavailable"
    MODEL_ANSWER_INVALID = "model_answer_invalid"
    CONTEXT_TOO_LONG = "context_too_long"
    RECIPE_UNAVAILABLE = "recipe_unavailable"
    # the platform
    STORE_UNAVAILABLE = "store_unavailable"
    BLOB_MISSING = "blob_missing"
    WORKER_CRASHED = "worker_crashed"
    LEASES_LOST = "leases_lost"
    DELETED_MEANWHILE = "deleted_meanwhile"
    DEPENDENCY_UNAVAILABLE = "dependency_unavailable"
    INTERNAL = "internal"


class Problem(BaseModel):
    """`application/problem+json` (RFC 9457). `code` is stable, `detail` says what happened, `action` what to do."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: str
    title: str
    status: int
    code: Code
    detail: str
    action: str | None = None
    instance: str | None = None
    errors: tuple[dict[str, str], ...] = ()
