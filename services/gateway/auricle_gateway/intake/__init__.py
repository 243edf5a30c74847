"""Intake: POST /v1/conversations and revisions; a conversation is accepted once, durably, with its run."""
