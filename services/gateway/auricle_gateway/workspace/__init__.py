"""Workspace: what a tenant chose about compression and masking, and what its key may do."""
