"""An error class of the checklist: one question about one mistake, when it can occur at all, and examples on both sides of its border.

A file of prompts/classes/<category>/ each; scorecards choose them, flows look for them, `class_lint` says which are badly put.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from auricle_contracts import Channel, Role, Severity
from auricle_contracts.contract import Contract
from auricle_contracts.knowledge import ArticleReference
from pydantic import Field, StringConstraints, model_validator

from auricle_criteria.artefact import Artefact, Name, Title
from auricle_criteria.errors import BadArtefact
from auricle_criteria.yaml_files import read_folder

Sentence = Annotated[str, StringConstraints(min_length=8, max_length=400, strip_whitespace=True)]
ClassLine = tuple[Role, Annotated[str, StringConstraints(min_length=1, max_length=600)]]


class Category(StrEnum):
    """The twelve parts of the checklist, in its order; each is a folder."""

    GREETING_AND_FAREWELL = "greeting_and_farewell"
    IDENTIFICATION_AND_DATA = "identification_and_data"
    NEEDS = "needs"
    KNOWLEDGE_AND_FACTS = "knowledge_and_facts"
    SOLUTION = "solution"
    OBJECTIONS = "objections"
    SALE = "sale"
    POLITENESS = "politeness"
    LANGUAGE_AND_SPELLING = "language_and_spelling"
    PROCESS = "process"
    PROMISES_AND_FOLLOW_UP = "promises_and_follow_up"
    SAFETY_AND_FATAL = "safety_and_fatal"


CATEGORY_TITLES = {
    Category.GREETING_AND_FAREWELL: Title(ru="Приветствие и прощание", en="Greeting and farewell"),
    Category.IDENTIFICATION_AND_DATA: Title(ru="Имя, проверка личности, данные", en="Name, identity, data"),
    Category.NEEDS: Title(ru="Выяснение вопроса", en="Needs"),
    Category.KNOWLEDGE_AND_FACTS: Title(ru="Знание продукта", en="Knowledge and facts"),
    Category.SOLUTION: Title(ru="Решение", en="Solution"),
    Category.OBJECTIONS: Title(ru="Возражения", en="Objections"),
    Category.SALE: Title(ru="Продажа", en="Sale"),
    Category.POLITENESS: Title(ru="Вежливость", en="Politeness"),
    Category.LANGUAGE_AND_SPELLING: Title(ru="Язык и грамотность", en="Language and spelling"),
    Category.PROCESS: Title(ru="Порядок работы", en="Process"),
    Category.PROMISES_AND_FOLLOW_UP: Title(ru="Обещания и продолжение", en="Promises and follow-up"),
    Category.SAFETY_AND_FATAL: Title(ru="Безопасность и грубейшие ошибки", en="Safety and fatal errors"),
}


class FoundBy(StrEnum):
    """Who is to find it: a rule, a prompt, or a rule that proposes and a prompt that decides."""

    RULE = "rule"
    PROMPT = "prompt"
    BOTH = "both"


class ClassState(StrEnum):
    """planned ─► experimental (something finds it, unproved and off) ─► live (its figures passed the floor)."""

    PLANNED = "planned"
    EXPERIMENTAL = "experimental"
    LIVE = "live"


class Need(StrEnum):
    """What must have happened in a conversation, or in what went before it, for a mistake of a class to be possible."""

    PRICE_NAMED = "price_named"
    """Somebody said what something costs."""
    OFFER = "offer"
    """The agent offered goods, a service or a change of contract."""
    OBJECTION = "objection"
    """The customer doubted, put off or refused an offer."""
    PROMISE = "promise"
    """The agent said that something will be done."""
    HOLD = "hold"
    """The customer was asked to wait, or was left waiting."""
    TRANSFER = "transfer"
    """The conversation was, or is to be, handed to somebody else."""
    PERSONAL_DATA = "personal_data"
    """Details of a person were asked for, given or disclosed."""
    COMPLAINT = "complaint"
    """The customer is unhappy about something that happened."""
    REFUSAL = "refusal"
    """The agent said no to a request."""
    EMOJI = "emoji"
    """An emoji or its code stands in the agent's message."""
    NAME_KNOWN = "name_known"
    """The customer's name was said, signed, or came with the metadata."""
    LONG_SILENCE = "long_silence"
    """Nobody spoke for longer than the line's norm."""
    PREVIOUS_MESSAGE = "previous_message"
    """The agent said or wrote something to this customer before."""
    CUSTOMER_QUESTION = "customer_question"
    """The customer asked or requested something."""
    ARTICLE = "article"
    """An article of the knowledge base speaks of what the agent stated: what is looked for are claims, and passages decide."""


class Text(Contract):
    """One sentence in the two languages of the page."""

    ru: Sentence
    en: Sentence


class Opportunity(Contract):
    """When a mistake of the class can occur at all; elsewhere the class is `not_applicable`.

    `when` is for people; `needs_role`, `channels` and `needs` (all of them) are for code.
    """

    when: Sentence
    needs_role: Role
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    needs: tuple[Need, ...] = ()


class ClassExample(Contract):
    """One to four lines, and the numbers (from 1) of those where the mistake stands or, in a negative, seems to stand."""

    channel: Channel
    lang: Annotated[str, StringConstraints(pattern="^(ru|en)$")]
    lines: Annotated[tuple[ClassLine, ...], Field(min_length=1, max_length=4)]
    at: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _points_into_its_lines(self) -> Self:
        outside = [line for line in self.at if line > len(self.lines)]
        if outside:
            raise ValueError(f"`at` names the line {outside[0]}, but there are {len(self.lines)}")
        return self

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """Roles and texts without case and outer space: what makes two examples the same."""
        return tuple((role.value, " ".join(text.casefold().split())) for role, text in self.lines)


class ErrorClass(Artefact):
    """One mistake of an agent. `fatal`: the conversation fails whatever else it scores. `articles`: references of the knowledge base."""

    category: Category
    title: Title
    definition: Text
    is_: Annotated[Sentence, Field(alias="is")]
    is_not: Annotated[tuple[Sentence, ...], Field(min_length=1)]
    opportunity: Opportunity
    severity: Severity
    fatal: bool
    found_by: FoundBy
    rule: Name | None
    state: ClassState
    articles: tuple[ArticleReference, ...] = ()
    comment_tone: Text
    positives: Annotated[tuple[ClassExample, ...], Field(min_length=4)]
    negatives: Annotated[tuple[ClassExample, ...], Field(min_length=4)]

    @model_validator(mode="after")
    def _examples_are_of_its_channels(self) -> Self:
        strange = {example.channel for example in self.examples} - set(self.opportunity.channels)
        if strange:
            raise ValueError(f"examples from {', '.join(sorted(strange))}, where the class cannot occur")
        return self

    @model_validator(mode="after")
    def _a_rule_belongs_to_rules(self) -> Self:
        if self.rule is not None and self.found_by is FoundBy.PROMPT:
            raise ValueError("`rule` is given, but `found_by` says prompt")
        if self.fatal and self.severity is not Severity.CRITICAL:
            raise ValueError("what is fatal is critical")
        return self

    def own_words(self, language: str | None) -> str:
        """What stands as a finding's comment where nobody wrote one, in the conversation's language."""
        return self.title.en if language == "en" else f"{self.title.ru}. {self.is_}"

    @property
    def by_articles(self) -> bool:
        """Whether the knowledge base decides: claims are looked for and held against passages, of `articles` or, without any, of all."""
        return Need.ARTICLE in self.opportunity.needs

    @property
    def examples(self) -> tuple[ClassExample, ...]:
        """Positives, then negatives."""
        return self.positives + self.negatives


def read_classes(prompts: Path) -> dict[str, ErrorClass]:
    """Every class under `classes/` of the folder by id, categories in order. BadArtefact on the first that cannot be used."""
    strange = {path.parent.name for path in (prompts / "classes").glob("**/*.yaml")} - set(Category)
    if strange:
        raise BadArtefact(
            f"{min(strange)} is no category", action=f"one of {[category.value for category in Category]}"
        )
    found: dict[str, ErrorClass] = {}
    for category in Category:
        for name, error_class in read_folder(ErrorClass, prompts / "classes" / category).items():
            if error_class.category is not category:
                raise BadArtefact(
                    f"{name} declares the category {error_class.category.value!r} in the folder {category.value}"
                )
            if name in found:
                raise BadArtefact(f"{name} is in two categories")
            found[name] = error_class
    return found
