"""The candidate and what is live, as bundles that the scorer's flow runs by.

What is live is the files of prompts/, with what the workspace's pointers hold in their place; without a gateway, the files alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from auricle_contracts import Layer
from auricle_contracts.artefacts import ArtefactKind
from auricle_contracts.golden import GoldenKind
from auricle_criteria import (
    Bundle,
    Checklist,
    ClassChoice,
    ClassState,
    ErrorClass,
    Flow,
    FoundBy,
    Library,
    Prompt,
    Scorecard,
    documents,
)
from auricle_criteria.adapters import JUDGE, Adapter
from auricle_criteria.artefact import Artefact
from auricle_criteria.detectors import Detector
from auricle_criteria.errors import BadArtefact, UnknownArtefact
from auricle_criteria.rules import Rule

from auricle_cli.artefacts import references
from auricle_cli.errors import CliError
from auricle_cli.gateway import Gateway

Subject = tuple[GoldenKind, str]
_SETTING = {"model": "AURICLE_MODEL_NAME", "rules": "AURICLE_RULES_URL"}


@dataclass(frozen=True)
class Candidate:
    """A version that wants to become live. `version` is the registry's own view of it, None for a file."""

    kind: ArtefactKind
    artefact: Artefact
    version: dict[str, Any] | None

    @property
    def name(self) -> str:
        """As reports call it."""
        return f"{self.kind.value}:{self.artefact.id}@{self.artefact.hash[:8]}"


@dataclass(frozen=True)
class Service:
    """A candidate that is no document: another model at the server (`model`), or another rules service by its address (`rules`)."""

    kind: str
    at: str
    version: None = None

    @property
    def name(self) -> str:
        """As reports call it."""
        return f"{self.kind}:{self.at}"

    @property
    def settings(self) -> dict[str, str]:
        """What it changes of the scorer's settings."""
        return {_SETTING[self.kind]: self.at}


@dataclass(frozen=True)
class Contest:
    """What is compared: two bundles, the name of what is live (None: nothing of that name), and what the candidate serves.

    `models`: the adapters that candidate and live are asked by; None: the model of the options.
    `settings`: of the scorer, for the candidate alone.
    """

    candidate: Bundle
    live: Bundle
    live_hash: str | None
    serves: tuple[Subject, ...]
    models: tuple[str | None, str | None] = (None, None)
    settings: Mapping[str, str] = field(default_factory=dict)


def is_file(asked: str) -> bool:
    """Whether no registry is needed to read it: a file, or a service."""
    kind, colon, rest = asked.partition(":")
    if kind in _SETTING:
        return True
    return bool(colon) and kind in set(ArtefactKind) and "@" not in rest and Path(rest).is_file()


def read(asked: str, gateway: Gateway | None, library: Library) -> Candidate | Service:
    """KIND:FILE, KIND:NAME@HASH of the registry, model:NAME or rules:ADDRESS. Raises CliError."""
    kind, _, rest = asked.partition(":")
    if kind in _SETTING and rest:
        return Service(kind, rest)
    if kind not in set(ArtefactKind):
        kinds = ", ".join((*ArtefactKind, *_SETTING))
        raise CliError(
            f"a candidate is KIND:NAME@HASH, KIND:FILE, model:NAME or rules:ADDRESS, and KIND one of {kinds}"
        )
    if is_file(asked):
        text, version = Path(rest).read_text("utf-8"), None
    elif gateway is None:
        raise CliError(f"{rest} is no file")
    else:
        found = references.find(gateway, f"{kind}/{rest}").version
        version = gateway.call("GET", f"/v1/artefacts/{found['id']}")
        text = version["text"]
    return Candidate(ArtefactKind(kind), _document(ArtefactKind(kind), text, library), version)


def live_library(shipped: Library, gateway: Gateway | None) -> Library:
    """What decides in the workspace now."""
    if gateway is None:
        return shipped
    held = [one for one in gateway.pages("/v1/artefacts", {}) if one["held"]]
    texts = [gateway.call("GET", f"/v1/artefacts/{one['id']}")["text"] for one in held]
    return shipped.replacing(
        _document(ArtefactKind(one["kind"]), text, shipped) for one, text in zip(held, texts, strict=True)
    )


def contest(live: Library, candidate: Candidate | Service, scorecard: str) -> Contest:
    """Raises CliError where they do not go together, and for a class that says of itself that nothing finds it."""
    if isinstance(candidate, Service):
        bundle = Bundle.of(live, scorecard)
        serves, asked = tuple(answered_by(candidate.kind, bundle)), adapter_of(live)
        return Contest(bundle, bundle, None, serves, (asked, asked), candidate.settings)
    if isinstance(candidate.artefact, ErrorClass) and candidate.artefact.state is ClassState.PLANNED:
        raise CliError(f"{candidate.name} is `planned`: nothing finds it; a candidate is `experimental` or `live`")
    changed = live.replacing([candidate.artefact])
    before = live.by_kind[candidate.kind].get(candidate.artefact.id)
    try:
        ours, theirs = _bundle(changed, candidate, scorecard), _bundle(live, candidate, scorecard)
    except (BadArtefact, UnknownArtefact) as error:
        raise CliError(f"{candidate.name} does not go together with what is live: {error.detail}") from None
    serves = tuple(_serves(candidate, ours))
    models = adapter_of(changed), adapter_of(live)
    return narrowed(Contest(ours, theirs, before.hash if before else None, serves, models), serves)


def narrowed(found: Contest, subjects: Iterable[Subject]) -> Contest:
    """Where only classes are graded, nobody is asked about criteria."""
    if any(kind is not GoldenKind.ERROR_CLASS for kind, _ in subjects):
        return found
    return replace(found, candidate=_without_criteria(found.candidate), live=_without_criteria(found.live))


def _document(kind: ArtefactKind, text: str, library: Library) -> Artefact:
    try:
        return documents.read_document(kind, text, library.systems)
    except BadArtefact as error:
        raise CliError(f"{kind.value}: {error.detail}") from None


def _bundle(library: Library, candidate: Candidate, scorecard: str) -> Bundle:
    """The scorecard's; a class that it does not look for yet is looked for too, unless it is `planned` there: nothing finds it."""
    card, name = library.scorecard(scorecard), candidate.artefact.id
    known = library.classes.get(name) if candidate.kind is ArtefactKind.ERROR_CLASS else None
    if known is not None and known.state is not ClassState.PLANNED and known not in library.classes_of(card):
        base = card.checklist or Checklist(flow="checklist", live=False)
        choices = (*base.classes, ClassChoice(error_class=name))
        left = tuple(one for one in base.without if one != name)
        looked = base.model_copy(update={"classes": choices, "without": left})
        library = library.replacing([card.model_copy(update={"checklist": looked})])
    library.check()
    return Bundle.of(library, scorecard)


def answered_by(kind: str, bundle: Bundle) -> Iterable[Subject]:
    """What a model (`model`), or the rules service (`rules`), answers of the scorecard."""
    layer, others = (Layer.MODEL, FoundBy.RULE) if kind == "model" else (Layer.RULE, FoundBy.PROMPT)
    yield from ((GoldenKind.CRITERION, one.id) for one in bundle.scorecard.criteria if one.layer is layer)
    yield from ((GoldenKind.ERROR_CLASS, one.id) for one in bundle.classes if one.found_by is not others)


def _serves(candidate: Candidate, bundle: Bundle) -> Iterable[Subject]:
    """What its figures have to be about."""
    one = candidate.artefact
    criteria = {criterion.id for criterion in bundle.scorecard.criteria}
    if isinstance(one, Adapter):
        return [(GoldenKind.CRITERION, found.id) for found in bundle.scorecard.of_layer(Layer.MODEL)]
    asked = [found.id for found in bundle.classes if found.found_by is not FoundBy.RULE]
    if isinstance(one, Flow) or (isinstance(one, Prompt) and one.id in {prompt.id for prompt in bundle.flow_prompts}):
        return [(GoldenKind.ERROR_CLASS, name) for name in asked]
    if isinstance(one, Rule):
        return [(GoldenKind.CRITERION, found.id) for found in bundle.scorecard.criteria if found.rule == one.id]
    if isinstance(one, Detector):
        return [(GoldenKind.ERROR_CLASS, found.id) for found in bundle.classes if found.rule == one.id]
    names: Sequence[str] = documents.served_by(one)
    if isinstance(one, Scorecard):
        names = [*names, *(found.id for found in bundle.classes)]
    told = dict.fromkeys(names)
    return [(GoldenKind.CRITERION if name in criteria else GoldenKind.ERROR_CLASS, name) for name in told]


def adapter_of(library: Library) -> str | None:
    """What the model server calls the adapter that judges."""
    found = library.adapters.get(JUDGE)
    return found.served if found else None


def _without_criteria(bundle: Bundle) -> Bundle:
    """Without what a model is asked for the scorecard alone: nobody grades it here."""
    card = bundle.scorecard
    kept = tuple(one for one in card.criteria if one.layer is not Layer.MODEL)
    plain = card.model_copy(update={"criteria": kept, "sections": (), "pass_mark": None})
    return bundle.model_copy(update={"scorecard": plain, "prompts": ()})
