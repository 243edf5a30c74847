"""What the dashboards ask, said once: Grafana's JSON and the review page are both drawn from these panels.

The panels of Operations, in PromQL, stand here; those of Quality and Economics, in SQL, in `auricle_records.analytics.panels`.
"""

from dataclasses import dataclass
from enum import StrEnum

ARTICLE_USD = 0.0003
"""What the article says a conversation costs: the language model's share only."""


class Shape(StrEnum):
    """How a panel is drawn: current numbers, lines over time, or rows."""

    STAT = "stat"
    SERIES = "series"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Panel:
    """One question. `unit` is Grafana's name of it; `legend` fills labels into a series' name, in Grafana's way."""

    name: str
    title: str
    query: str
    shape: Shape = Shape.SERIES
    unit: str = "short"
    legend: str = ""
    about: str = ""


KUBE_ABOUT = "From kube-state-metrics; empty outside a cluster."
OPERATIONS = (
    Panel("queue_length", "Work waiting and in flight", "max by (stream) (auricle_queue_length)", legend="{{stream}}"),
    Panel(
        "queue_oldest", "Age of the oldest entry", "max by (stream) (auricle_queue_oldest_seconds)", unit="s",
        legend="{{stream}}",
    ),
    Panel("dead_runs", "Dead runs", "sum(max by (step) (auricle_dead_runs))", Shape.STAT),
    Panel("unreadable", "Unreadable entries", "sum(max by (stream) (auricle_queue_unreadable))", Shape.STAT),
    Panel("outbox_unsent", "Events not delivered", "max(auricle_outbox_unsent)", Shape.STAT),
    Panel("outbox_lag", "Age of the oldest event", "max(auricle_outbox_lag_seconds)", Shape.STAT, "s"),
    Panel("done", "Runs finished", 'sum by (step) (auricle_runs_total{outcome="done"})', Shape.STAT, legend="{{step}}",
          about="Since the workers that live now were started."),
    Panel("in_flight", "Runs in the workers' hands", "sum by (step) (auricle_runs_in_flight)", legend="{{step}}"),
    Panel(
        "outcomes", "Deliveries a second", "sum by (step, outcome) (rate(auricle_runs_total[5m]))", unit="ops",
        legend="{{step}} {{outcome}}",
    ),
    Panel(
        "run_seconds", "Time on a run, 95th percentile",
        "histogram_quantile(0.95, sum by (step, le) (rate(auricle_run_seconds_bucket[5m])))", unit="s", legend="{{step}}",
    ),
    Panel(
        "pickup_seconds", "Wait for the first hand, 95th percentile",
        "histogram_quantile(0.95, sum by (step, le) (rate(auricle_pickup_seconds_bucket[5m])))", unit="s",
        legend="{{step}}",
    ),
    Panel(
        "requests", "Requests a second", "sum by (service, status) (rate(auricle_http_requests_total[5m]))", unit="reqps",
        legend="{{service}} {{status}}",
    ),
    Panel(
        "errors", "Share of failed answers",
        'sum by (service) (rate(auricle_http_requests_total{status=~"5.."}[5m]))'
        " / sum by (service) (rate(auricle_http_requests_total[5m]))",
        unit="percentunit", legend="{{service}}",
    ),
    Panel(
        "keeper", "Since keeper's jobs last ended well",
        "time() - max by (job_name) (auricle_keeper_last_round_timestamp_seconds)", unit="s", legend="{{job_name}}",
    ),
    Panel(
        "cold_start", "Cold start: from the process's start", "max by (step, milestone) (auricle_cold_start_seconds)",
        Shape.STAT, "s", "{{step}} {{milestone}}",
        about="weights_loaded, engine_ready, first_item. What came before the process is in the next panels.",
    ),
    Panel(
        "pod_scheduled", "Cold start: pod made to pod scheduled",
        'max by (pod) (kube_pod_status_scheduled_time{namespace="auricle"} - kube_pod_created{namespace="auricle"})',
        unit="s", legend="{{pod}}", about=KUBE_ABOUT,
    ),
    Panel(
        "pod_started", "Cold start: pod scheduled to container started (image, volumes)",
        'max by (pod) (kube_pod_container_state_started{namespace="auricle"})'
        ' - max by (pod) (kube_pod_status_scheduled_time{namespace="auricle"})',
        unit="s", legend="{{pod}}", about=KUBE_ABOUT,
    ),
    Panel(
        "pod_ready", "Cold start: container started to pod ready (weights, engine)",
        'max by (pod) (kube_pod_status_ready_time{namespace="auricle"})'
        ' - max by (pod) (kube_pod_container_state_started{namespace="auricle"})',
        unit="s", legend="{{pod}}", about=KUBE_ABOUT,
    ),
    Panel(
        "pods", "Pods ready", 'sum by (deployment) (kube_deployment_status_replicas_ready{namespace="auricle"})',
        legend="{{deployment}}", about=KUBE_ABOUT,
    ),
    Panel(
        "gpu_nodes", "GPU nodes", 'sum by (label_auricle_dev_pool) (kube_node_labels{label_auricle_dev_pool=~"speech|language"})',
        legend="{{label_auricle_dev_pool}}", about=KUBE_ABOUT,
    ),
    Panel(
        "drift", "Answers on digests against uncut, points apart",
        "sum by (criterion) (rate(auricle_compression_drift_points_sum[1d]))"
        " / sum by (criterion) (rate(auricle_compression_drift_points_count[1d]))",
        legend="{{criterion}}", about="Of the share of conversations that is read twice.",
    ),
)  # fmt: skip
