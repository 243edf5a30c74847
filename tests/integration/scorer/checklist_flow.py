"""A flow over classes that only a prompt finds, and a scripted model that finds what a test tells it to."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auricle_criteria import Bundle, Checklist, ClassChoice, ClassState, FoundBy, Library
from integration.scorer.conftest import PROMPTS

Json = dict[str, Any]
COMMENT = {"what": "Вы обвинили клиента", "why": "Он пришёл за помощью", "how": "Скажите: «Давайте проверим вместе»"}


def by_prompt(*names: str, state: ClassState = ClassState.LIVE, **changed: object) -> Bundle:
    """The shipped card and flow over these classes, all of which only a prompt can find."""
    library = Library.read(PROMPTS)
    turned = {"state": state, "found_by": FoundBy.PROMPT, "rule": None}
    classes = {name: library.classes[name].model_copy(update=turned) for name in names}
    choices = tuple(ClassChoice(error_class=name) for name in names)
    checklist = Checklist(flow="checklist", classes=choices)
    flow = library.flows["checklist"]
    steps = tuple(step.model_copy(update=dict(changed.get(step.kind.value, {}))) for step in flow.steps)  # type: ignore[call-overload]
    flows = {"checklist": flow.model_copy(update={"steps": steps})}
    card = library.scorecards["sales"].model_copy(update={"checklist": checklist})
    return Bundle.of(Library({"sales": card}, library.prompts, flows, classes), "sales")


def kind_of(schema: Json) -> str:
    """Which step asks: by the shape of its answer."""
    properties = schema["properties"]
    if "summary" in properties:
        return "summary"
    one = next(iter(properties.values()))
    if one.get("enum") == ["yes", "no"] or "passage" in schema.get("$defs", {}):
        return "verify"
    if "what" in one.get("properties", {}):
        return "comment"
    return (
        "detect"
        if "anyOf" in one and "value" not in json.dumps(one) and "label" in schema.get("$defs", {})
        else "criteria"
    )


@dataclass
class Finds:
    """A model that proposes `proposed` (class → label, where the label is there), and lets stand what is in `stands`.

    `holds` answers for claims, of which a class may have several labels (`T2 T4`): from the claim's name and the prompt.
    """

    proposed: Mapping[str, str] = field(default_factory=dict)
    stands: frozenset[str] | None = None
    holds: Callable[[str, str], str] | None = None
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    prompts: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, schema: Json, prompt: str) -> Json | None:
        kind = kind_of(schema)
        self.asked.append((kind, tuple(schema["properties"])))
        self.prompts.append((kind, prompt))
        say: Mapping[str, Callable[[str, list[str]], Any]] = {
            "detect": self._places,
            "verify": lambda name, _: self._verdict(name, schema, prompt),
            "comment": lambda _name, _labels: COMMENT,
            "summary": lambda _name, _labels: "Главное: говорить с клиентом уважительно и без упрёков.",
        }
        if kind not in say:
            return None
        labels = schema.get("$defs", {}).get("label", {}).get("enum", [])
        return {name: say[kind](name, labels) for name in schema["properties"]}

    def _places(self, name: str, labels: list[str]) -> Json | None:
        there = [label for label in self.proposed.get(name, "").split() if label in labels]
        return {"at": there} if there else None

    def _verdict(self, name: str, schema: Json, prompt: str) -> str:
        if self.holds is not None and "$ref" in schema["properties"][name]:
            return self.holds(name, prompt)
        return "yes" if self.stands is None or name in self.stands else "no"

    def calls(self, kind: str) -> int:
        """How many questions of this kind came."""
        return sum(one == kind for one, _ in self.asked)
