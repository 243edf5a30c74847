"""Dry runs: past conversations judged by a version that is not live, and what that would change."""
