"""Real servers for the tests, each in a plugin of its own; generated cases without a clock, since a busy machine is no failure."""

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["fixtures.evidence", "fixtures.postgres", "fixtures.redis", "fixtures.vllm"]

FIRST = (
    "integration/gateway/test_schemathesis.py",
    "integration/scorer/test_gate.py",
    "integration/scorer/test_attacks.py",
    "integration/streams/test_crashes.py",
    "integration/asr/test_engine_contract.py",
    "e2e/test_report.py",
    "integration/scorer/test_injection.py",
)
"""Files that take longest: begun first, so that no process is left alone with one at the end."""

settings.register_profile("auricle", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("auricle")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """FIRST first; files in their order else."""
    tests = config.rootpath / "tests"
    order = {tests / name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: order.get(item.path, len(FIRST)))
