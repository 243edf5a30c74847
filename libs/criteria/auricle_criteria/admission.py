"""Whether a version may become live beside what else is live: what a well-formed artefact can still have wrong.

What the rules service does not know, it never answers; a prompt that nobody asks, or that another service reads from its own files, would
be live and change nothing. All of that is refused here and not found out in a month's report.
"""

from collections.abc import Iterator

from auricle_contracts import Layer

from auricle_criteria.adapters import JUDGE, Adapter
from auricle_criteria.artefact import Artefact
from auricle_criteria.class_lint import faults_of
from auricle_criteria.classes import ErrorClass
from auricle_criteria.errors import UnfitArtefact, UnknownArtefact
from auricle_criteria.flows import Flow
from auricle_criteria.library import Library
from auricle_criteria.prompts import Prompt
from auricle_criteria.scorecards import Scorecard

_TOGETHER = "Change the version, or promote first what it needs."


def fit(library: Library) -> None:
    """Raises UnfitArtefact where a reference leads nowhere."""
    try:
        library.check()
    except UnknownArtefact as error:
        raise UnfitArtefact(error.detail, action=_TOGETHER) from None


def admit(library: Library, artefact: Artefact) -> None:
    """The same, and what is wrong with one that stands in the library. UnfitArtefact lists it."""
    faults = list(_faults(library, artefact))
    if faults:
        errors = [{"at": artefact.id, "problem": fault} for fault in faults]
        raise UnfitArtefact("; ".join(faults), action=_TOGETHER, errors=errors)
    fit(library)


def _faults(library: Library, artefact: Artefact) -> Iterator[str]:
    if isinstance(artefact, ErrorClass):
        yield from faults_of(artefact, library.detectors.keys())
    elif isinstance(artefact, Scorecard):
        for criterion in artefact.of_layer(Layer.RULE):
            if criterion.rule not in library.rules:
                yield f"criterion {criterion.id}: there is no rule {criterion.rule!r}"
    elif isinstance(artefact, Flow):
        for need, names in artefact.route.met_by.items():
            for name in sorted(set(names) - library.rules.keys()):
                yield f"route.met_by.{need}: there is no rule {name!r}"
    elif isinstance(artefact, Adapter):
        if artefact.id != JUDGE:
            yield f"nobody asks an adapter {artefact.id!r}: the one that judges is called {JUDGE!r}"
    elif isinstance(artefact, Prompt) and artefact.id not in _asked(library):
        yield f"no scorecard or flow asks the prompt {artefact.id!r}: a live one would change nothing"


def _asked(library: Library) -> set[str]:
    """Prompts that the scorer asks."""
    cards = (criterion.prompt for card in library.scorecards.values() for criterion in card.criteria)
    flows = (name for flow in library.flows.values() for name in flow.prompts)
    return {name for name in (*cards, *flows) if name}
