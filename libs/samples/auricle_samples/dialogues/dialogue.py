"""What the generators make: the turns of one conversation and the truth about it."""

from typing import Literal

from auricle_contracts import Channel, Contract, ConversationIn, Direction, Participant, Role, Transcript, Turn, TurnIn

from auricle_samples.dialogues.truth import Truth

Split = Literal["train", "dev", "heldout"]
Language = Literal["ru", "en"]


class Speaker(Contract):
    """Who speaks; `female` lets a synthesiser choose the voice that the grammar's verb endings fit."""

    name: str
    female: bool


class Dialogue(Contract):
    """One synthetic conversation. `holds` are the turns after which the agent put the customer on hold."""

    id: str
    seed: int
    split: Split
    scenario: str
    channel: Channel
    direction: Direction
    language: Language
    style: str
    mood: str
    agent: Speaker
    customer: Speaker
    turns: tuple[Turn, ...]
    holds: tuple[int, ...] = ()
    truth: Truth

    def transcript(self) -> Transcript:
        """The turns as the scorer gets them."""
        return Transcript(conversation_id=self.id, language=self.language, turns=self.turns, engine="")

    def conversation(self) -> ConversationIn:
        """The body that POST /v1/conversations takes."""
        return ConversationIn(
            channel=self.channel,
            source="samples",
            external_id=self.id,
            direction=self.direction,
            line=self.scenario,
            language=self.language,
            participants=(
                Participant(id="agent", role=Role.AGENT, name=self.agent.name),
                Participant(id="customer", role=Role.CUSTOMER, name=self.customer.name),
            ),
            metadata={"synthetic": True},
            turns=tuple(TurnIn(participant=turn.participant, text=turn.text) for turn in self.turns),
        )
