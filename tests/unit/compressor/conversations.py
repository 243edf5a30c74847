"""Conversations written as plain text: one turn a line, `A:` the agent, `C:` the customer, `?:` nobody knows."""

from auricle_contracts import Role, Transcript, Turn

ROLES = {"A": Role.AGENT, "C": Role.CUSTOMER, "?": Role.UNKNOWN}


def conversation(script: str) -> Transcript:
    """The transcript of a script."""
    turns = []
    for number, line in enumerate(script.strip().splitlines(), start=1):
        speaker, _, text = line.strip().partition(":")
        role = ROLES[speaker]
        turns.append(Turn(id=number, participant=role.value, role=role, text=text.strip()))
    return Transcript(conversation_id="c1", turns=tuple(turns))
