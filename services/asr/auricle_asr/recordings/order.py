"""What crosses between the worker and its decoding child, as JSON: the order by a pipe, the facts by a file.

Imports neither PyAV nor numpy: both sides read it.
"""

from dataclasses import dataclass, field

FACTS = "facts.json"


@dataclass
class Order:
    """What the parent asks for. Sizes in bytes, times in seconds."""

    source: str
    format: str
    into: str
    max_seconds: float
    memory_bytes: int
    cpu_seconds: int


@dataclass
class Facts:
    """What was found; `refused` is an error code of Auricle's, or None. `lost_bytes` are those that no packet accounts for."""

    refused: str | None = None
    why: str = ""
    codec: str = ""
    tracks: int = 0
    sample_rate_hz: int = 0
    samples: int = 0
    declared_ms: int | None = None
    broken_packets: int = 0
    size_bytes: int = 0
    lost_bytes: int = 0
    errors: list[str] = field(default_factory=list)
    peak_rss_kib: int = 0
