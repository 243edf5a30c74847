"""The routes of /v1, a folder a resource. Each parses, calls the domain or records, and shapes the reply."""

from fastapi import APIRouter

from auricle_gateway.alerts import destinations as alert_destinations
from auricle_gateway.alerts import routes as alerts
from auricle_gateway.alerts import rules as alert_rules
from auricle_gateway.appeals import routes as appeals
from auricle_gateway.appeals import settings as appeal_settings
from auricle_gateway.artefacts import editing as artefact_editing
from auricle_gateway.artefacts import routes as artefacts
from auricle_gateway.artefacts import traces as gate_traces
from auricle_gateway.audit import routes as audit
from auricle_gateway.calibration import ceiling
from auricle_gateway.calibration import routes as calibration
from auricle_gateway.canaries import routes as canaries
from auricle_gateway.coaching import examples as good_examples
from auricle_gateway.coaching import tasks as coaching_tasks
from auricle_gateway.conversations import routes as conversations
from auricle_gateway.dry_runs import routes as dry_runs
from auricle_gateway.exports import routes as exports
from auricle_gateway.findings import acknowledgements
from auricle_gateway.findings import routes as findings
from auricle_gateway.golden import cases as golden_cases
from auricle_gateway.golden import gaps as golden_gaps
from auricle_gateway.golden import items as golden_items
from auricle_gateway.golden import settings as golden_settings
from auricle_gateway.golden import transfer as golden_transfer
from auricle_gateway.hooks import routes as hooks
from auricle_gateway.intake import routes as intake
from auricle_gateway.judges import routes as judges
from auricle_gateway.knowledge import articles
from auricle_gateway.knowledge import search as knowledge_search
from auricle_gateway.knowledge import upkeep as knowledge_upkeep
from auricle_gateway.labels import routes as labels
from auricle_gateway.media import routes as media
from auricle_gateway.operations import queues, runs, worker_uptime
from auricle_gateway.oversight import disclosures as oversight_disclosures
from auricle_gateway.oversight import routes as oversight
from auricle_gateway.people import routes as people
from auricle_gateway.people import teams
from auricle_gateway.quizzes import own as own_quizzes
from auricle_gateway.quizzes import routes as quizzes
from auricle_gateway.results import again, verifying
from auricle_gateway.results import routes as results
from auricle_gateway.review import accuracy as review_accuracy
from auricle_gateway.review import requests as review_requests
from auricle_gateway.review import routes as review
from auricle_gateway.review import settings as review_settings
from auricle_gateway.sessions import me, notices
from auricle_gateway.sessions import routes as sessions
from auricle_gateway.statistics import (
    agent_pages,
    agents,
    breakdowns,
    dashboards,
    drift,
    fairness,
    parity,
    prevalence,
    word_uses,
)
from auricle_gateway.trainings import routes as trainings
from auricle_gateway.trainings import settings as training_settings
from auricle_gateway.uploads import routes as uploads
from auricle_gateway.views import routes as views
from auricle_gateway.webhooks import routes as webhooks
from auricle_gateway.workspace import api_keys, compression, masking, retention, vocabulary, whoami

RESOURCES = (
    intake,
    conversations,
    results,
    verifying,
    again,
    media,
    uploads,
    agents,
    agent_pages,
    acknowledgements,
    labels,
    review,
    review_requests,
    review_settings,
    review_accuracy,
    findings,
    appeals,
    appeal_settings,
    coaching_tasks,
    calibration,
    ceiling,
    good_examples,
    quizzes,
    own_quizzes,
    golden_items,
    golden_transfer,
    golden_gaps,
    golden_cases,
    golden_settings,
    masking,
    compression,
    vocabulary,
    retention,
    api_keys,
    exports,
    views,
    runs,
    webhooks,
    alerts,
    alert_rules,
    alert_destinations,
    hooks,
    queues,
    worker_uptime,
    dashboards,
    breakdowns,
    parity,
    prevalence,
    fairness,
    word_uses,
    drift,
    sessions,
    me,
    notices,
    people,
    teams,
    audit,
    oversight_disclosures,
    oversight,
    artefacts,
    judges,
    artefact_editing,
    gate_traces,
    dry_runs,
    canaries,
    trainings,
    training_settings,
    articles,
    knowledge_search,
    knowledge_upkeep,
    whoami,
)


def v1() -> APIRouter:
    """All of them under /v1."""
    router = APIRouter(prefix="/v1")
    for resource in RESOURCES:
        router.include_router(resource.router)
    return router
