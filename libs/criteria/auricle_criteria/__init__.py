"""Scorecards, prompts, flows and error classes as checked, hashed, immutable values."""

from auricle_criteria.admission import admit, fit
from auricle_criteria.artefact import Artefact, Title
from auricle_criteria.bundle import Bundle
from auricle_criteria.checklist import Checklist, ClassChoice, Item, Section, Within
from auricle_criteria.class_lint import check_classes
from auricle_criteria.classes import Category, ClassExample, ClassState, ErrorClass, FoundBy, Need, read_classes
from auricle_criteria.errors import BadArtefact, UnfitArtefact, UnknownArtefact
from auricle_criteria.flows import Cases, Flow, FlowStep, Route, StepKind
from auricle_criteria.library import Library
from auricle_criteria.prompts import Example, Prompt
from auricle_criteria.scorecards import Criterion, Scorecard
from auricle_criteria.scoring import Results, first_answers, overall

__all__ = [
    "Artefact",
    "BadArtefact",
    "Bundle",
    "Cases",
    "Category",
    "Checklist",
    "ClassChoice",
    "ClassExample",
    "ClassState",
    "Criterion",
    "ErrorClass",
    "Example",
    "Flow",
    "FlowStep",
    "FoundBy",
    "Item",
    "Library",
    "Need",
    "Prompt",
    "Results",
    "Route",
    "Scorecard",
    "Section",
    "StepKind",
    "Title",
    "UnfitArtefact",
    "UnknownArtefact",
    "Within",
    "admit",
    "check_classes",
    "first_answers",
    "fit",
    "overall",
    "read_classes",
]
