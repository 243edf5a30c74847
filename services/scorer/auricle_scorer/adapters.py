"""The model of a recipe that pins an adapter: the same server, asked by the adapter's own name."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from auricle_contracts import Recipe
from auricle_judging import ModelClient, ServedModel

KNOWN_S = 10.0


@dataclass(frozen=True)
class AdapterModel:
    """An adapter that the server has, and who asks it."""

    client: ModelClient
    served: ServedModel


@dataclass(frozen=True)
class AdapterModels:
    """What the server has is believed for `KNOWN_S`; what it does not have is asked for again at each run."""

    client: ModelClient
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[float, AdapterModel]] = field(default_factory=dict, compare=False, repr=False)

    async def of(self, recipe: Recipe) -> AdapterModel | None:
        """None where the recipe pins no adapter, and where the server does not have it (yet): then the check of the recipe waits.

        Raises ModelUnavailable.
        """
        if recipe.adapter is None:
            return None
        name = recipe.language_model
        until, known = self._known.get(name, (0.0, None))
        if known is not None and until > self.clock():
            return known
        client = self.client.named(name)
        served = await client.served()
        if served is None:
            self._known.pop(name, None)
            return None
        self._known[name] = self.clock() + KNOWN_S, AdapterModel(client, served)
        return self._known[name][1]
