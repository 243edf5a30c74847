"""Judges' certificates: measured from grades, kept, and shown as they stand now."""
