"""A judge's prompt: how a model is asked to grade a new finding or comment beside a golden one, in several wordings of one instruction."""

from pathlib import Path
from typing import Annotated, Any, Self

from auricle_contracts.evaluations import Grade
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from pydantic import Field, StringConstraints, model_validator

from auricle_criteria.artefact import Artefact
from auricle_criteria.errors import UnknownArtefact
from auricle_criteria.prompts import Prompt
from auricle_criteria.yaml_files import read_folder

FOLDER = "judges"
GRADE, REASONING = "grade", "reasoning"
GRADES: tuple[Grade, ...] = (0, 1, 2)
Instruction = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class JudgePrompt(Artefact):
    """`question` is a template that names `asked` (what the class means), `texts` (both sayings, fenced) and `instruction`.

    `paraphrases` say the instruction in other words: a steady judge grades alike by each. The answer has a short `reasoning` first and
    then a `grade` of 0, 1 or 2. `golden` and `said` are what the two texts are called in the question.
    """

    author: str
    language: str = "ru"
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    max_tokens: Annotated[int, Field(ge=16, le=2048)] = 256
    system: str
    repair: str
    golden: Annotated[str, StringConstraints(pattern=r"^\w{1,20}$")]
    said: Annotated[str, StringConstraints(pattern=r"^\w{1,20}$")]
    instruction: Instruction
    paraphrases: Annotated[tuple[Instruction, ...], Field(min_length=1, max_length=10)]
    question: str
    answer_schema: dict[str, Any] = Field(alias="schema")

    @model_validator(mode="after")
    def _grades_behind_reasons(self) -> Self:
        try:
            Draft202012Validator.check_schema(self.answer_schema)
        except SchemaError as error:
            raise ValueError(f"`schema` is no JSON schema: {error.message}") from None
        if self.answer_schema.get("required") != [REASONING, GRADE]:
            raise ValueError("`schema` requires `reasoning`, then `grade`")
        if sorted(self.answer_schema["properties"].get(GRADE, {}).get("enum", ())) != list(GRADES):
            raise ValueError("`grade` is one of 0, 1, 2")
        if self.golden == self.said or len({self.instruction, *self.paraphrases}) <= len(self.paraphrases):
            raise ValueError("the two texts have two names, and each wording is another")
        return self

    def prompt(self, question: str) -> Prompt:
        """As what asks and repairs in form takes it, with this question."""
        told = self.model_dump(
            by_alias=True, include={"id", "version", "note", "author", "language", "temperature", "max_tokens"}
        )
        own = {"serves": (GRADE,), "question": question, "system": self.system, "repair": self.repair}
        return Prompt.model_validate(told | own | {"schema": self.answer_schema})


def read_judges(prompts: Path) -> dict[str, JudgePrompt]:
    """All of `prompts/judges` by id. Raises BadArtefact."""
    return read_folder(JudgePrompt, prompts / FOLDER)


def judge_of(prompts: Path, name: str) -> JudgePrompt:
    """Raises UnknownArtefact, BadArtefact."""
    found = read_judges(prompts)
    if name not in found:
        raise UnknownArtefact(f"there is no judge {name!r}; there are {', '.join(sorted(found)) or 'none'}")
    return found[name]
