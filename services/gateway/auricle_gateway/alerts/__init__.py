"""Alerts: rules, where they are told, what rang, and a test of each."""
