"""Webhooks: endpoints that a workspace registered for its events."""
