"""Redaction: what a caller may see and hear of personal data."""
