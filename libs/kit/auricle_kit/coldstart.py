"""How long a process took to be of use. What came before it (node, image) only the kubelet knows, and kube-state-metrics tells."""

import time

from auricle_kit import log, metrics

MILESTONES = ("weights_loaded", "engine_ready", "first_item")
SINCE_START = metrics.gauge(
    "auricle_cold_start_seconds",
    "From the process's start to a milestone of its cold start, by step and milestone; absent until reached.",
    ("step", "milestone"),
)
logger = log.get("coldstart")


class ColdStart:
    """The milestones of one process. Counted from this module's import, a fraction of a second after the interpreter's own start."""

    started_s = time.monotonic()

    def __init__(self, step: str) -> None:
        self._step = step
        self._reached: set[str] = set()

    def reached(self, milestone: str) -> None:
        """Only the first time counts: an engine that comes back later is no cold start."""
        assert milestone in MILESTONES
        if milestone in self._reached:
            return
        self._reached.add(milestone)
        seconds = time.monotonic() - self.started_s
        SINCE_START.labels(self._step, milestone).set(seconds)
        logger.info("cold_start", step=self._step, milestone=milestone, seconds=round(seconds, 3))
