"""Real servers for the tests, each in a plugin of its own; generated cases without a clock, since a busy machine is no failure."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["fixtures.evidence", "fixtures.postgres", "fixtures.redis", "fixtures.vllm"]

settings.register_profile("auricle", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("auricle")
