"""What an editor of scorecards and error classes needs: names to choose from, and faults before anything is kept."""

from typing import Literal

from auricle_contracts.artefacts import ArtefactKind
from auricle_contracts.contract import Contract


class NamedChoice(Contract):
    """Something that a version may name, with its title by language (empty where it has none)."""

    id: str
    title: dict[str, str]


class ArtefactChoices(Contract):
    """Closed lists, and what a version may refer to beside what is live here."""

    categories: tuple[NamedChoice, ...]
    needs: tuple[str, ...]
    found_by: tuple[str, ...]
    class_states: tuple[str, ...]
    rules: tuple[str, ...]
    detectors: tuple[str, ...]
    prompts: tuple[str, ...]
    flows: tuple[str, ...]
    error_classes: tuple[NamedChoice, ...]
    articles: tuple[str, ...]


class DocumentFault(Contract):
    """Where in the document, and what is wrong there."""

    at: str
    problem: str


class ArtefactCheck(Contract):
    """Whether a document could be kept (`artefact_invalid`: not) and become live beside what is live now (`artefact_unfit`: not).

    `known_id` is the version that says the same already.
    """

    kind: ArtefactKind
    name: str | None
    hash: str | None
    code: Literal["artefact_invalid", "artefact_unfit"] | None
    faults: tuple[DocumentFault, ...]
    known_id: str | None
