"""What the queue's workers count."""

from auricle_kit import metrics

RUNS = metrics.counter("auricle_runs", "Deliveries by step and how they ended.", ("step", "outcome"))
RUN_SECONDS = metrics.histogram(
    "auricle_run_seconds", "Time on one run from the handler's start to its end.", ("step",)
)
PICKUP_SECONDS = metrics.histogram("auricle_pickup_seconds", "From XADD to the first hand that took it.", ("step",))
IN_FLIGHT = metrics.gauge("auricle_runs_in_flight", "Deliveries in this worker's hands.", ("step",))
