"""The tables, as SQLAlchemy sees them. Migrations make them; a test keeps the two equal.

Each table is written by one module of this package, named in the table's comment, and has `workspace_id`, row security that its
owner cannot pass either, and a CHECK for every closed list of words.
"""

from auricle_records.tables.alerts import (
    alert_deliveries,
    alert_destinations,
    alert_rules,
    alert_settings,
    alerts,
)
from auricle_records.tables.appeals import appeal_changes, appeal_settings, appeals
from auricle_records.tables.artefacts import (
    artefact_promotions,
    artefacts,
    dry_run_items,
    dry_runs,
    gate_traces,
    live_artefacts,
)
from auricle_records.tables.audit import audit_events, audit_trail
from auricle_records.tables.base import METADATA
from auricle_records.tables.calibration import (
    calibration_answers,
    calibration_items,
    calibration_reviewers,
    calibrations,
)
from auricle_records.tables.canaries import canaries, canary_recipes
from auricle_records.tables.coaching import coaching_tasks, good_examples
from auricle_records.tables.evaluations import (
    agent_messages,
    answers,
    effective_answers,
    evaluations,
    findings,
    flow_steps,
    ledger,
    paid_completions,
    transcripts,
)
from auricle_records.tables.events import outbox, tombstones, webhook_endpoints
from auricle_records.tables.finding_labels import acknowledgements, added_findings, effective_findings, finding_labels
from auricle_records.tables.golden import golden_items, golden_labels, golden_settings
from auricle_records.tables.hooks import hook_events, hooks
from auricle_records.tables.intake import bodies, conversations, revisions, uploads
from auricle_records.tables.judges import judge_certificates
from auricle_records.tables.knowledge import article_versions, articles, passages
from auricle_records.tables.labels import labels
from auricle_records.tables.notices import notice_settings, notices
from auricle_records.tables.oversight import disclosure_acknowledgements, disclosures, oversight_entries
from auricle_records.tables.people import agent_references, memberships, people, sessions, teams
from auricle_records.tables.privacy import masking_settings, reverse_maps, unmaskings
from auricle_records.tables.quizzes import quiz_answers, quiz_assignments, quiz_questions, quizzes
from auricle_records.tables.review import blind_answers, review_items, review_settings
from auricle_records.tables.runs import runs
from auricle_records.tables.search import saved_views, transcript_texts
from auricle_records.tables.tenancy import api_keys, recipes, workspaces
from auricle_records.tables.trainings import training_settings, training_states, trainings
from auricle_records.tables.vocabularies import vocabularies
from auricle_records.tables.workers import job_leases, shifts

__all__ = [
    "METADATA",
    "acknowledgements",
    "added_findings",
    "agent_messages",
    "agent_references",
    "alert_deliveries",
    "alert_destinations",
    "alert_rules",
    "alert_settings",
    "alerts",
    "answers",
    "api_keys",
    "appeal_changes",
    "appeal_settings",
    "appeals",
    "artefact_promotions",
    "artefacts",
    "article_versions",
    "articles",
    "audit_events",
    "audit_trail",
    "blind_answers",
    "bodies",
    "calibration_answers",
    "calibration_items",
    "calibration_reviewers",
    "calibrations",
    "canaries",
    "canary_recipes",
    "coaching_tasks",
    "conversations",
    "disclosure_acknowledgements",
    "disclosures",
    "dry_run_items",
    "dry_runs",
    "effective_answers",
    "effective_findings",
    "evaluations",
    "finding_labels",
    "findings",
    "flow_steps",
    "gate_traces",
    "golden_items",
    "golden_labels",
    "golden_settings",
    "good_examples",
    "hook_events",
    "hooks",
    "job_leases",
    "judge_certificates",
    "labels",
    "ledger",
    "live_artefacts",
    "masking_settings",
    "memberships",
    "notice_settings",
    "notices",
    "outbox",
    "oversight_entries",
    "paid_completions",
    "passages",
    "people",
    "quiz_answers",
    "quiz_assignments",
    "quiz_questions",
    "quizzes",
    "recipes",
    "reverse_maps",
    "review_items",
    "review_settings",
    "revisions",
    "runs",
    "saved_views",
    "sessions",
    "shifts",
    "teams",
    "tombstones",
    "training_settings",
    "training_states",
    "trainings",
    "transcript_texts",
    "transcripts",
    "unmaskings",
    "uploads",
    "vocabularies",
    "webhook_endpoints",
    "workspaces",
]
