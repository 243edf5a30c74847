"""Scorecards and prompts as checked, hashed, immutable values."""

from auricle_criteria.artefact import Artefact, Title
from auricle_criteria.errors import BadArtefact, UnknownArtefact
from auricle_criteria.library import Library
from auricle_criteria.prompts import Example, Prompt
from auricle_criteria.scorecards import Criterion, Scorecard

__all__ = [
    "Artefact",
    "BadArtefact",
    "Criterion",
    "Example",
    "Library",
    "Prompt",
    "Scorecard",
    "Title",
    "UnknownArtefact",
]
