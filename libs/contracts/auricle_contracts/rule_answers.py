"""What is asked of the rules service, and what it answers: criteria and error classes that need no model."""

from pydantic import Field

from auricle_contracts.contract import Contract
from auricle_contracts.conversations import MetadataValue
from auricle_contracts.detections import Detection
from auricle_contracts.evaluations import Answer, PastMessage
from auricle_contracts.transcripts import Transcript
from auricle_contracts.vocabulary import Channel


class RulesRequest(Contract):
    """Body of POST /v1/answer on the rules service. `past` null: nobody looked for earlier messages.

    `classes`: the error classes to look for; those that no rule decides are left to others. Empty: none, null: all that rules decide.
    """

    transcript: Transcript
    channel: Channel
    metadata: dict[str, MetadataValue] = Field(default_factory=dict)
    past: tuple[PastMessage, ...] | None = None
    classes: tuple[str, ...] | None = ()


class RulesReply(Contract):
    """What needs no model. `version` is the pin of the rule set, as a recipe names it. `detections`: a class at most once."""

    version: str
    answers: tuple[Answer, ...]
    detections: tuple[Detection, ...] = ()
