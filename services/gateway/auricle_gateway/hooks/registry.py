"""What the hooks of a process share: the integrations it read, its address, who was refused, and the signal that an event is due."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from auricle_kit.errors import NotFound

from auricle_gateway.access.tokens import UnknownKeys
from auricle_gateway.hooks.integrations import Integration


@dataclass(frozen=True)
class Hooks:
    """`due` is set when a post of this process left work; other gateways find it by themselves."""

    integrations: Mapping[str, Integration]
    public_url: str
    refused: UnknownKeys
    due: asyncio.Event = field(default_factory=asyncio.Event)

    def integration(self, name: str) -> Integration:
        """Raises NotFound with the names that there are."""
        if name not in self.integrations:
            known = ", ".join(self.integrations)
            raise NotFound("there is no such integration", action=f"There are: {known}.")
        return self.integrations[name]

    def url(self, hook_id: str) -> str:
        """The address that a vendor is given."""
        return f"{self.public_url.rstrip('/')}/v1/hooks/{hook_id}"
