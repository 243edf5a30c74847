"""A stored report made again from its recipe and stored inputs: the same bytes, or what differs. Pure.

What a model said is an input: it is stored, and not asked again.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from auricle_contracts import Evaluation, Quote, Recipe, Transcript
from auricle_contracts.verification import ReportPart, ReportVerification, VerifiedPart
from auricle_criteria import Bundle
from auricle_records.dry_runs import Past, result_of

from auricle_gateway.dry_runs.reckoning import counted_anew

MOST_TOLD = 20


@dataclass(frozen=True)
class Inputs:
    """What a report was made from, as far as it is there; `transcript` is without turns where it is deleted."""

    recipe: Recipe | None
    bundle: Bundle | None
    transcript: Transcript


def verified(past: Past, inputs: Inputs) -> ReportVerification:
    """Part by part."""
    evaluation = past.evaluation
    parts = (_recipe(evaluation, inputs), _quotes(evaluation, inputs.transcript), _score(past, inputs))
    return ReportVerification(
        conversation_id=evaluation.conversation_id,
        evaluation_id=evaluation.id,
        recipe=evaluation.recipe,
        sha256=hashlib.sha256(_bytes(result_of(evaluation))).hexdigest(),
        same=all(one.state == "same" for one in parts),
        parts=parts,
    )


def _recipe(evaluation: Evaluation, inputs: Inputs) -> VerifiedPart:
    recipe, bundle = inputs.recipe, inputs.bundle
    if recipe is None or bundle is None:
        return VerifiedPart(part=ReportPart.RECIPE, state="missing")
    pairs = {
        "hash": (recipe.hash, evaluation.recipe),
        "scorecard": (bundle.scorecard.pin, recipe.scorecard),
        "flow": (bundle.flow_pin, recipe.flow),
    }
    return _told(ReportPart.RECIPE, [name for name, (one, other) in pairs.items() if one != other])


def _quotes(evaluation: Evaluation, transcript: Transcript) -> VerifiedPart:
    said = [(one.criterion, one.quotes) for one in evaluation.answers]
    said += [(one.error_class, one.quotes) for one in evaluation.findings]
    if not transcript.turns and any(quotes for _, quotes in said):
        return VerifiedPart(part=ReportPart.QUOTES, state="missing")
    turns = {turn.id: turn.text for turn in transcript.turns}
    wrong = [f"{name}, turn {one.turn}" for name, quotes in said for one in quotes if not _stands(one, turns)]
    return _told(ReportPart.QUOTES, wrong)


def _stands(quote: Quote, turns: dict[int, str]) -> bool:
    return turns.get(quote.turn, "")[quote.span.start : quote.span.end] == quote.text


def _score(past: Past, inputs: Inputs) -> VerifiedPart:
    if inputs.bundle is None:
        return VerifiedPart(part=ReportPart.SCORE, state="missing")
    again = counted_anew(past, inputs.bundle, len(inputs.transcript.turns))
    stored, made = (result_of(one) for one in (past.evaluation, again))
    return _told(ReportPart.SCORE, [name for name in sorted(stored) if _bytes(stored[name]) != _bytes(made[name])])


def _told(part: ReportPart, differs: Iterable[str]) -> VerifiedPart:
    found = tuple(differs)
    return VerifiedPart(part=part, state="differs" if found else "same", differs=found[:MOST_TOLD])


def _bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
