"""Benches need libraries of their own (the group `bench`). Where they are absent nothing here is collected: nothing here is a test."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("sklearn") else ["test_*.py"]
