"""Delivery on Redis Streams: publish, consume, renew, reclaim, drain. At least once; the effects are made exactly once in Postgres.

Publishers use `Streams`; workers use `supervisor.run`, `Consumer` and `Worker`; `RunStore` is what they need of the truth.
"""

from auricle_streams.consumer import Consumer
from auricle_streams.delivery import Delivery, LeasePolicy, Why
from auricle_streams.errors import LeaseLost, QueueUnavailable
from auricle_streams.leases import Leases, OwnLeases
from auricle_streams.run_store import Begun, NextRun, Run, RunStore
from auricle_streams.settings import StreamSettings, WorkerSettings
from auricle_streams.streams import Streams
from auricle_streams.worker import Held, Worker

__all__ = [
    "Begun",
    "Consumer",
    "Delivery",
    "Held",
    "LeaseLost",
    "LeasePolicy",
    "Leases",
    "NextRun",
    "OwnLeases",
    "QueueUnavailable",
    "Run",
    "RunStore",
    "StreamSettings",
    "Streams",
    "Why",
    "Worker",
    "WorkerSettings",
]
