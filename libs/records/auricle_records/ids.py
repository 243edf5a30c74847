"""Ids: UUIDv7 as text, so that primary keys grow with time and sort by it."""

import uuid_utils


def new_id() -> str:
    """A fresh id, 36 characters."""
    return str(uuid_utils.uuid7())
