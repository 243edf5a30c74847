"""A prompt: the words, the JSON schema that binds the answer, examples, and which criteria it serves."""

from typing import Annotated, Any, Self

from auricle_contracts import Channel, Role
from auricle_contracts.contract import Contract
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from pydantic import Field, model_validator

from auricle_criteria.artefact import Artefact, Name

ExampleLine = tuple[Annotated[int, Field(ge=1)], Role, str]
JsonObject = dict[str, Any]


class Example(Contract):
    """A small conversation as (turn, role, text), and the answer that is expected."""

    channel: Channel = Channel.CALL
    lines: Annotated[tuple[ExampleLine, ...], Field(min_length=1)]
    answer: JsonObject


class Prompt(Artefact):
    """One request to the model.

    `system`, `user` and `repair` are templates: the rubric, the conversation, and what is said once to an answer that broke the schema.
    `schema` may define `$defs.turn`, whose enum is filled with the turns of the conversation at rendering, and `$defs.<criterion>`,
    filled with the choices that the scorecard gives that criterion; templates see them as `choices.<criterion>`.
    `shots`: how many of the examples go before the question by default (0 for a model that was trained on the prompt).
    """

    author: str
    serves: Annotated[tuple[Name, ...], Field(min_length=1)]
    language: str = "ru"
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    max_tokens: Annotated[int, Field(ge=16, le=8192)] = 512
    shots: Annotated[int, Field(ge=0)] = 0
    system: str
    user: str
    repair: str
    answer_schema: JsonObject = Field(alias="schema")
    examples: tuple[Example, ...] = ()

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
