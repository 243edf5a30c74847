"""What is asked of the rules service, and what it answers: criteria and error classes that need no model."""

from pydantic import Field

from auricle_contracts.contract import Contract
from auricle_contracts.conversations import MetadataValue
from auricle_contracts.detections import Detection
from auricle_contracts.evaluations import Answer, PastMessage
from auricle_contracts.transcripts import Transcript
from auricle_contracts.vocabulary import Channel


class RuleChanges(Contract):
    """What a workspace made live in the place of the release's: bodies of rules, detectors and error classes, each as JSON text."""

    rules: tuple[str, ...] = ()
    detectors: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


class RuleFaults(Contract):
    """What the rules service cannot use of changes. None: it answers by them."""

    faults: tuple[str, ...] = ()


class RulesRequest(Contract):
    """Body of POST /v1/answer on the rules service. `past` null: nobody looked for earlier messages. `changes` null: as released.

    `classes`: the error classes to look for; those that no rule decides are left to others. Empty: none, null: all that rules decide.
    """

    transcript: Transcript
    channel: Channel
    metadata: dict[str, MetadataValue] = Field(default_factory=dict)
    past: tuple[PastMessage, ...] | None = None
    classes: tuple[str, ...] | None = ()
    changes: RuleChanges | None = None


class RulesReply(Contract):
    """What needs no model. `version` is the pin of the rule set, as a recipe names it. `detections`: a class at most once."""

    version: str
    answers: tuple[Answer, ...]
    detections: tuple[Detection, ...] = ()
