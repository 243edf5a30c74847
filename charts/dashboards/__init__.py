"""Grafana's JSON from the panels in `auricle_contracts` and `auricle_records`, by Grafana's own builders. Not a service."""
