"""The one place where metrics are made, so that their list can be generated and dashboards checked against it."""

from collections.abc import Sequence

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
_known: dict[str, str] = {}


def _register(name: str, doc: str) -> str:
    if not name.startswith("auricle_"):
        raise ValueError(f"a metric of ours starts with auricle_, not {name}")
    _known[name] = doc
    return name


def counter(name: str, doc: str, labels: Sequence[str] = ()) -> Counter:
    """A number that only grows; `_total` is added on the wire."""
    return Counter(_register(name, doc), doc, labels)


def gauge(name: str, doc: str, labels: Sequence[str] = ()) -> Gauge:
    """A number that goes up and down."""
    return Gauge(_register(name, doc), doc, labels)


def histogram(name: str, doc: str, labels: Sequence[str] = (), buckets: Sequence[float] = SECONDS) -> Histogram:
    """A distribution, in seconds unless the name says otherwise."""
    return Histogram(_register(name, doc), doc, labels, buckets=buckets)


def known() -> dict[str, str]:
    """Name → meaning of every metric that the imported modules made."""
    return dict(_known)
