"""Replies of the oversight routes."""

from auricle_contracts import Contract
from auricle_contracts.oversight import Disclosure


class DisclosureList(Contract):
    """All versions, the newest first."""

    items: tuple[Disclosure, ...]
