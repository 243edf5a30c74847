"""Stream names, the group, and what a message holds. The hash tag keeps every key of a script in one cluster slot."""

from auricle_contracts.contract import Contract
from auricle_contracts.vocabulary import Priority, Step

GROUP = "workers"
TAG = "{auricle}"
STREAMS: dict[tuple[Step, Priority], str] = {
    (Step.TRANSCRIBE, Priority.LIVE): f"{TAG}:asr",
    (Step.TRANSCRIBE, Priority.BACKFILL): f"{TAG}:asr:backfill",
    (Step.EVALUATE, Priority.LIVE): f"{TAG}:score",
    (Step.EVALUATE, Priority.BACKFILL): f"{TAG}:score:backfill",
}


def stream_of(step: Step, priority: Priority) -> str:
    """The stream that carries this step's runs of this priority."""
    return STREAMS[step, priority]


def streams_of(step: Step) -> tuple[str, str]:
    """Both streams of a step, the one to empty first in front."""
    return stream_of(step, Priority.LIVE), stream_of(step, Priority.BACKFILL)


def dead_stream(stream: str) -> str:
    """Where entries go that cannot be read; never a run that failed (that is a `dead` row)."""
    return f"{stream}:dead"


class Message(Contract):
    """All that Redis carries of a run."""

    run_id: str
    traceparent: str = ""
