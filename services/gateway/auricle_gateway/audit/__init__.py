"""Audit: who did what, written down for good, paged, searched, exported."""
