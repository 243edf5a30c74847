"""A prompt: the words, the JSON schema that binds the answer, examples, and which criteria it serves."""

import json
from collections.abc import Collection, Sequence
from typing import Annotated, Any, Self

from auricle_contracts import Channel, Role
from auricle_contracts.contract import Contract
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from pydantic import Field, StringConstraints, field_validator, model_validator

from auricle_criteria.artefact import Artefact, Name

ExampleLine = tuple[Annotated[int, Field(ge=1)], Role, str]
JsonObject = dict[str, Any]
CLAIM = "claim"


class Example(Contract):
    """A small conversation as (turn, role, text), and the answer that is expected."""

    channel: Channel = Channel.CALL
    lines: Annotated[tuple[ExampleLine, ...], Field(min_length=1)]
    answer: JsonObject


class SystemText(Artefact):
    """What all prompts of a language begin with, and how they ask for a mended answer. Its id is the language."""

    author: str
    system: Annotated[str, StringConstraints(min_length=1, max_length=160)]
    repair: str


class Prompt(Artefact):
    """One question about a conversation.

    `question` is a template: what is asked, behind the conversation. `system` and `repair` (what is said once to an answer that broke
    the schema) are the language's and the same for all of its prompts; a prompt file does not say them.
    `schema` of a prompt that asks for several names at once may define `$defs.claim`: how a claim is answered, which the knowledge base
    decides. It may define `$defs.label`, whose enum is filled with the labels of the conversation's clauses at rendering, and
    `$defs.<criterion>`, filled with the choices that the scorecard gives that criterion; the question sees them as
    `choices.<criterion>`.
    Properties of objects stand in the order of `required`, in which the model writes them: JSON out of Postgres has lost its own.
    `shots`: how many of the examples the question shows by default, as `examples` (0 for a model that was trained on the prompt).
    """

    author: str
    serves: Annotated[tuple[Name, ...], Field(min_length=1)]
    language: str = "ru"
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    max_tokens: Annotated[int, Field(ge=16, le=8192)] = 512
    shots: Annotated[int, Field(ge=0)] = 0
    question: str
    system: str = ""
    repair: str = ""
    answer_schema: JsonObject = Field(alias="schema")
    examples: tuple[Example, ...] = ()

    @property
    def asks_claims(self) -> bool:
        """Whether it says how claims are answered."""
        return CLAIM in self.answer_schema.get("$defs", {})

    def for_each(self, names: Sequence[str], claims: Collection[str] = ()) -> "Prompt":
        """The prompt of one property asked for several names at once: its schema stands for each of them, for `claims` that of
        `$defs.claim`. Definitions that nothing names then are left out.
        """
        (one,), defs = self.serves, dict(self.answer_schema.get("$defs", {}))
        claim, own = defs.pop(CLAIM, None), self.answer_schema["properties"][one]
        properties = {name: claim if name in claims else own for name in names}
        body = json.dumps([properties, defs])
        used = {name: node for name, node in defs.items() if f'"#/$defs/{name}"' in body}
        schema = {**self.answer_schema, "properties": properties, "required": list(names), "$defs": used}
        return self.model_copy(update={"serves": tuple(names), "answer_schema": schema})

    @field_validator("answer_schema")
    @classmethod
    def _in_order(cls, schema: JsonObject) -> JsonObject:
        return {**_ordered(schema)}

    @model_validator(mode="after")
    def _examples_in_order(self) -> Self:
        order = list(self.answer_schema.get("properties", {}))
        for example in self.examples:
            _reorder(example.answer, order)
        return self

    @model_validator(mode="after")
    def _schema_is_one(self) -> Self:
        try:
            Draft202012Validator.check_schema(self.answer_schema)
        except SchemaError as error:
            raise ValueError(f"`schema` is no JSON schema: {error.message}") from None
        return self

    @model_validator(mode="after")
    def _schema_serves(self) -> Self:
        missing = [name for name in self.serves if name not in self.answer_schema.get("properties", {})]
        if missing:
            raise ValueError(f"`schema` has no property for {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _enough_examples(self) -> Self:
        if self.shots > len(self.examples):
            raise ValueError(f"`shots` is {self.shots}, but there are {len(self.examples)} examples")
        return self


def _ordered(node: Any) -> Any:
    """The same JSON, with `properties` of each object in the order of its `required`; those that may be missing follow by name."""
    if isinstance(node, list):
        return [_ordered(one) for one in node]
    if not isinstance(node, dict):
        return node
    children = {name: _ordered(child) for name, child in node.items()}
    properties, required = children.get("properties"), children.get("required")
    if isinstance(properties, dict) and isinstance(required, list):
        first = [name for name in required if name in properties]
        rest = sorted(properties.keys() - set(first))
        children["properties"] = {name: properties[name] for name in (*first, *rest)}
    return children


def _reorder(answer: JsonObject, order: Sequence[str]) -> None:
    """In place: the answer's names as the schema has them."""
    for name in order:
        if name in answer:
            answer[name] = answer.pop(name)
