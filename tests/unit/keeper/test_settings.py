"""Every job's interval is a setting, and the defaults hold together."""

import pytest
from auricle_keeper.sending import Outbox
from auricle_keeper.settings import KeeperSettings
from auricle_keeper.webhook import Sender
from auricle_kit.egress import Policy
from auricle_records.database import Database


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> KeeperSettings:
    monkeypatch.setenv("AURICLE_DATABASE_URL", "postgresql+asyncpg://nobody@/nothing")
    monkeypatch.setenv("AURICLE_BLOB_URL", "file:///nowhere")
    return KeeperSettings()


async def test_a_claimed_delivery_is_held_for_longer_than_it_may_take() -> None:
    """Whatever the settings allow; else another keeper would send it at the same time."""
    (longest,) = (bound.le for bound in KeeperSettings.model_fields["webhook_seconds"].metadata if hasattr(bound, "le"))
    async with Database.connect("postgresql+asyncpg://nobody@127.0.0.1/none") as db:
        outbox = Outbox(db, Sender(Policy(), total_seconds=longest))
    assert outbox.hold_s > longest


def test_a_run_is_left_to_its_maker_before_it_is_fed(settings: KeeperSettings) -> None:
    assert settings.feed_after_seconds >= 1
    assert settings.sweep_after_seconds > settings.feed_after_seconds


def test_every_interval_can_be_set(monkeypatch: pytest.MonkeyPatch, settings: KeeperSettings) -> None:
    jobs = ["feed", "sweep", "consumers", "outbox", "receiving", "tombstones", "retention", "gauges"]
    for number, name in enumerate(jobs, 1):
        monkeypatch.setenv(f"AURICLE_{name.upper()}_SECONDS", str(number))
    changed = KeeperSettings()
    assert [getattr(changed, f"{name}_seconds") for name in jobs] == list(range(1, 9))
