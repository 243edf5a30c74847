"""Rules and detectors are compiled by the rules service before they are kept: what cannot be compiled would end every run pinned to it."""

from dataclasses import dataclass

import httpx
from auricle_contracts import RuleChanges, RuleFaults
from auricle_criteria import Library, UnfitArtefact
from auricle_criteria.artefact import Artefact
from auricle_criteria.detectors import Detector
from auricle_criteria.rules import Rule
from auricle_kit import tracing
from auricle_kit.errors import DependencyUnavailable
from pydantic import ValidationError

TIMEOUT_SECONDS = 30.0
_ACTION = "Correct what is listed and send it again."


@dataclass(frozen=True)
class RulesService:
    """The rules service at `url`, asked whether it can answer by a workspace's changes."""

    http: httpx.AsyncClient
    url: str

    async def admit(self, live: Library, artefact: Artefact) -> None:
        """Nothing for what is no rule or detector. Raises UnfitArtefact with every fault, DependencyUnavailable where nobody answers."""
        if not isinstance(artefact, Rule | Detector):
            return
        changes = live.replacing([artefact]).rule_changes
        faults = await self._faults(changes) if changes else ()
        if faults:
            errors = [{"at": artefact.id, "problem": fault} for fault in faults]
            raise UnfitArtefact("; ".join(faults), action=_ACTION, errors=errors)

    async def _faults(self, changes: RuleChanges) -> tuple[str, ...]:
        headers = {"content-type": "application/json", "traceparent": tracing.traceparent()}
        try:
            reply = await self.http.post(
                f"{self.url}/v1/check", content=changes.model_dump_json(), headers=headers, timeout=TIMEOUT_SECONDS
            )
            reply.raise_for_status()
            return RuleFaults.model_validate_json(reply.content).faults
        except (httpx.HTTPError, ValidationError) as error:
            raise DependencyUnavailable(
                f"the rules service did not check it ({type(error).__name__})", action="Send it again in a minute."
            ) from None
