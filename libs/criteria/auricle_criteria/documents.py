"""An artefact as a document that a person writes and a database keeps: YAML or JSON in, a checked artefact out, and back.

yaml text ──read_document──► artefact ──body_of──► JSON (jsonb, which loses the order of keys) ──of_body──► artefact, same hash
                                     └──as_yaml──► text with the fields in their order: what is shown, edited and compared
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from auricle_contracts.artefacts import ArtefactKind
from pydantic import ValidationError

from auricle_criteria.adapters import Adapter
from auricle_criteria.artefact import Artefact
from auricle_criteria.classes import ErrorClass
from auricle_criteria.detectors import Detector
from auricle_criteria.errors import BadArtefact
from auricle_criteria.flows import Flow
from auricle_criteria.prompts import Prompt, SystemText
from auricle_criteria.rules import Rule
from auricle_criteria.scorecards import Scorecard
from auricle_criteria.yaml_files import parse

MODELS: Mapping[ArtefactKind, type[Artefact]] = {
    ArtefactKind.SCORECARD: Scorecard,
    ArtefactKind.ERROR_CLASS: ErrorClass,
    ArtefactKind.PROMPT: Prompt,
    ArtefactKind.FLOW: Flow,
    ArtefactKind.ADAPTER: Adapter,
    ArtefactKind.RULE: Rule,
    ArtefactKind.DETECTOR: Detector,
}
_WIDTH = 120
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def kind_of(artefact: Artefact) -> ArtefactKind:
    """Its kind. Raises KeyError for what the registry does not keep."""
    return {model: kind for kind, model in MODELS.items()}[type(artefact)]


def read_document(kind: ArtefactKind, text: str, systems: Mapping[str, SystemText]) -> Artefact:
    """From YAML (JSON is YAML). BadArtefact lists every fault with its line and field.

    A prompt gets the system text of its language; one that brings another is refused, because all prompts of a flow begin alike.
    """
    artefact = parse(MODELS[kind], text, kind.value)
    if any(map(_UNSTORABLE.search, _texts(body_of(artefact)))):
        raise BadArtefact(f"{kind.value}: a text holds U+0000 or half a surrogate pair, which nothing can keep")
    return with_system(artefact, systems) if isinstance(artefact, Prompt) else artefact


def with_system(prompt: Prompt, systems: Mapping[str, SystemText]) -> Prompt:
    """The prompt with what all of its language begin with. Raises BadArtefact for another text, or an unknown language."""
    if prompt.language not in systems:
        raise BadArtefact(f"language: there is no system text for {prompt.language!r}, only for {sorted(systems)}")
    own = systems[prompt.language]
    for name, given, wanted in (("system", prompt.system, own.system), ("repair", prompt.repair, own.repair)):
        if given not in ("", wanted):
            raise BadArtefact(f"{name}: it is the language's, the same for all prompts of a flow: leave it out")
    return prompt.model_copy(update={"system": own.system, "repair": own.repair})


def body_of(artefact: Artefact) -> dict[str, Any]:
    """As JSON."""
    return artefact.model_dump(mode="json", by_alias=True)


def as_text(artefact: Artefact) -> str:
    """Its body as one JSON text, the same for the same content."""
    return json.dumps(body_of(artefact), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def of_body(kind: ArtefactKind, body: Mapping[str, Any]) -> Artefact:
    """From what `body_of` gave. Raises BadArtefact for a body that this version does not understand."""
    try:
        return MODELS[kind].model_validate(dict(body))
    except ValidationError as error:
        raise BadArtefact(f"{kind.value}: this version cannot read the body: {error.error_count()} faults") from None


def as_yaml(artefact: Artefact) -> str:
    """The fields in their order, without those that say nothing."""
    body = artefact.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return yaml.dump(body, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)


def served_by(artefact: Artefact) -> tuple[str, ...]:
    """The error classes and criteria that a version is about: what a comparison of its figures has to look at."""
    if isinstance(artefact, Prompt):
        return artefact.serves
    if isinstance(artefact, ErrorClass | Rule | Detector):
        return (artefact.id,)
    if isinstance(artefact, Scorecard):
        named = (choice.error_class for choice in artefact.checklist.classes) if artefact.checklist else ()
        return tuple(dict.fromkeys((*(one.id for one in artefact.criteria), *named, *artefact.counted_classes)))
    return ()


def _texts(node: Any) -> Iterator[str]:
    """Every text in a JSON value, names of fields too."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for name, child in node.items():
            yield name
            yield from _texts(child)
    elif isinstance(node, list):
        for child in node:
            yield from _texts(child)


class _Dumper(yaml.CSafeDumper):
    """Texts of several lines as blocks, so that a comparison is by line."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - aliases are refused at reading
        """Never."""
        return True


def _text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
