"""How a version is named on the command line: `scorecard/sales` is what is live, `scorecard/sales@3f2a` one by the beginning of its hash.

The kind may be left out where the name is of one kind only; an id is taken as it is.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from auricle_contracts.artefacts import ArtefactKind, ArtefactState

from auricle_cli.errors import CliError
from auricle_cli.gateway import Gateway

Json = dict[str, Any]
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAMED = re.compile(rf"(?:({'|'.join(ArtefactKind)})/)?([a-z][a-z0-9_]{{0,63}})(?:@([0-9a-f]{{4,16}}))?")


@dataclass(frozen=True)
class Found:
    """A version and its name's history."""

    version: Json
    versions: list[Json]
    promotions: list[Json]

    @property
    def live(self) -> Json | None:
        """What is live of the same name."""
        return next((one for one in self.versions if one["state"] == ArtefactState.LIVE), None)


def find(gateway: Gateway, reference: str) -> Found:
    """Raises CliError with what there is."""
    if _ID.fullmatch(reference):
        version = gateway.call("GET", f"/v1/artefacts/{reference}")
        return Found(version, *_history(gateway, version))
    named = _NAMED.fullmatch(reference)
    if named is None:
        raise CliError(
            f"{reference} names no version: write KIND/NAME or KIND/NAME@HASH; kinds: {', '.join(ArtefactKind)}"
        )
    kind, name, prefix = named.groups()
    any_version = _any_version(gateway, kind, name)
    versions, promotions = _history(gateway, any_version)
    if prefix is not None:
        return Found(_beginning_with(prefix, versions), versions, promotions)
    found = Found(any_version, versions, promotions)
    return replace(found, version=found.live or any_version)


def _any_version(gateway: Gateway, kind: str | None, name: str) -> Json:
    wanted = {"name": name} | ({"kind": kind} if kind else {})
    for state in (ArtefactState.LIVE, ArtefactState.DRAFT, ArtefactState.CANDIDATE, ArtefactState.RETIRED):
        items: list[Json] = gateway.call("GET", "/v1/artefacts", params=wanted | {"state": state.value})["items"]
        kinds = sorted({one["kind"] for one in items})
        if len(kinds) > 1:
            raise CliError(f"{name} is of several kinds: write {' or '.join(f'{one}/{name}' for one in kinds)}")
        if items:
            return items[0]
    raise CliError(f"there is no artefact {name}; `auricle artefacts list` shows what there is")


def _history(gateway: Gateway, version: Json) -> tuple[list[Json], list[Json]]:
    told: Json = gateway.call("GET", f"/v1/artefacts/{version['id']}/history")
    return told["versions"], told["promotions"]


def _beginning_with(prefix: str, versions: list[Json]) -> Json:
    matching = [one for one in versions if one["hash"].startswith(prefix)]
    if len(matching) != 1:
        known = ", ".join(one["hash"] for one in versions)
        raise CliError(f"{len(matching)} versions begin with {prefix}; there are {known}")
    return matching[0]
