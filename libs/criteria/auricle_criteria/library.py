"""Reads prompts/: every scorecard and prompt of a folder, checked together.

Today the folder is the source at run time too: a recipe pins each artefact as `id@content-hash`, and an evaluation that was
made with another content says `recipe_drift`. Rows keyed by that hash, and a live pointer per workspace, keep the same pins.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from auricle_contracts import Layer
from pydantic import ValidationError

from auricle_criteria.artefact import Artefact
from auricle_criteria.errors import BadArtefact, UnknownArtefact
from auricle_criteria.prompts import Prompt
from auricle_criteria.scorecards import Criterion, Scorecard

MAX_FILE_BYTES = 1_000_000
A = TypeVar("A", bound=Artefact)


class _Loader(yaml.SafeLoader):
    """YAML without aliases: ten lines of them can stand for a billion."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """The next node; an alias is a fault of the file."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        return super().compose_node(parent, index)


def parse(kind: type[A], raw: str, name: str) -> A:
    """One artefact from YAML text. BadArtefact lists every fault with its field."""
    try:
        data: Any = yaml.load(raw, _Loader)  # noqa: S506  a SafeLoader with less
    except (yaml.YAMLError, RecursionError) as error:
        raise BadArtefact(f"{name} is not YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(data, dict):
        raise BadArtefact(f"{name} must be a mapping, not {type(data).__name__}")
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or '(file)'}: {e['msg']}" for e in error.errors())
        raise BadArtefact(f"{name}: {faults}") from None


def read_folder(kind: type[A], folder: Path) -> dict[str, A]:
    """Every `*.yaml` of a folder by id; the file must be named like the id that it declares."""
    found: dict[str, A] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadArtefact(f"{path.name} is larger than {MAX_FILE_BYTES} bytes")
        artefact = parse(kind, path.read_text(encoding="utf-8"), path.name)
        if artefact.id != path.stem:
            raise BadArtefact(f"{path.name} declares the id {artefact.id!r}")
        found[artefact.id] = artefact
    return found


@dataclass(frozen=True)
class Library:
    """Scorecards and prompts that agree with each other."""

    scorecards: dict[str, Scorecard]
    prompts: dict[str, Prompt]

    @classmethod
    def read(cls, folder: Path) -> "Library":
        """Read `scorecards/` and `prompts/` under the folder and check every reference."""
        if not folder.is_dir():
            raise BadArtefact(f"there is no folder {folder.name}", action="set AURICLE_PROMPTS_DIR")
        library = cls(read_folder(Scorecard, folder / "scorecards"), read_folder(Prompt, folder / "prompts"))
        for scorecard in library.scorecards.values():
            _check_references(scorecard, library.prompts)
        return library

    def scorecard(self, name: str) -> Scorecard:
        """The scorecard of this id."""
        if name not in self.scorecards:
            raise UnknownArtefact(f"there is no scorecard {name!r}", action=f"one of {sorted(self.scorecards)}")
        return self.scorecards[name]

    def prompts_of(self, scorecard: Scorecard) -> tuple[Prompt, ...]:
        """The prompts that the scorecard's model layer needs, in order of first use."""
        names = dict.fromkeys(c.prompt for c in scorecard.of_layer(Layer.MODEL) if c.prompt)
        return tuple(self.prompts[name] for name in names)


def _check_references(scorecard: Scorecard, prompts: dict[str, Prompt]) -> None:
    faults = [fault for criterion in scorecard.of_layer(Layer.MODEL) for fault in _faults(criterion, prompts)]
    if faults:
        raise UnknownArtefact(f"scorecard {scorecard.id}: {'; '.join(faults)}")


def _faults(criterion: Criterion, prompts: dict[str, Prompt]) -> Iterable[str]:
    prompt = prompts.get(criterion.prompt or "")
    if prompt is None:
        yield f"{criterion.id} names the prompt {criterion.prompt!r}, which does not exist"
        return
    if criterion.id not in prompt.serves:
        yield f"{criterion.id} is not served by the prompt {prompt.id}"
    open_list = criterion.id in prompt.answer_schema.get("$defs", {})
    if not open_list and not set(criterion.choices) <= _strings(prompt.answer_schema):
        yield f"the schema of {prompt.id} does not know every choice of {criterion.id}"


def _strings(node: object) -> set[str]:
    """Every string inside a JSON value."""
    if isinstance(node, str):
        return {node}
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return {text for child in children for text in _strings(child)}
