"""Every chore's interval is a setting, and the defaults hold together."""

import pytest
from auricle_keeper.sending import HOLD_S
from auricle_keeper.settings import KeeperSettings


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> KeeperSettings:
    monkeypatch.setenv("AURICLE_DATABASE_URL", "postgresql+asyncpg://nobody@/nothing")
    monkeypatch.setenv("AURICLE_BLOB_URL", "file:///nowhere")
    return KeeperSettings()


def test_a_delivery_is_held_for_longer_than_it_may_take(settings: KeeperSettings) -> None:
    """A full batch, sixteen at once, all timing out."""
    assert settings.webhook_seconds * (100 / 16 + 1) < HOLD_S


def test_a_run_is_left_to_its_maker_before_it_is_fed(settings: KeeperSettings) -> None:
    assert settings.feed_after_seconds >= 1
    assert settings.sweep_after_seconds > settings.feed_after_seconds


def test_every_interval_can_be_set(monkeypatch: pytest.MonkeyPatch, settings: KeeperSettings) -> None:
    chores = ["feed", "sweep", "consumers", "outbox", "receiving", "tombstones", "retention", "gauges"]
    for number, name in enumerate(chores, 1):
        monkeypatch.setenv(f"AURICLE_{name.upper()}_SECONDS", str(number))
    changed = KeeperSettings()
    assert [getattr(changed, f"{name}_seconds") for name in chores] == list(range(1, 9))
