"""What people decided about a workspace's conversations, as golden dialogues: their verdicts, with the places of the model's answers."""

from collections.abc import Iterator, Mapping

from auricle_contracts import AnswerState, AnswerSummary, EvaluationReport, ListedConversation, Quote, Role, Transcript
from auricle_contracts.golden import (
    GoldenDialogue,
    GoldenKind,
    GoldenLabel,
    GoldenPlace,
    GoldenState,
    GoldenTurn,
)

from auricle_cli.gateway import Gateway

_STATES = {AnswerState.ANSWERED: GoldenState.ANSWERED, AnswerState.NOT_APPLICABLE: GoldenState.NOT_APPLICABLE}
MOST_PLACES = 50


def dialogues(gateway: Gateway) -> Iterator[GoldenDialogue]:
    """Conversations of which a person judged an answer, masked as the workspace shows them."""
    for found in gateway.pages("/v1/conversations", {"include": "summary", "limit": "200"}):
        listed = ListedConversation.model_validate(found)
        judged = [one for one in listed.summary.answers if one.judged_by] if listed.summary else []
        if judged:
            yield _dialogue(listed, judged, gateway.report(listed.id), gateway.transcript(listed.id))


def _dialogue(
    listed: ListedConversation, judged: list[AnswerSummary], report: EvaluationReport, transcript: Transcript
) -> GoldenDialogue:
    quotes = {one.criterion: one.quotes for one in report.evaluation.answers}
    numbers = {turn.id: number for number, turn in enumerate(transcript.turns, 1)}
    turns = tuple(GoldenTurn(role=turn.role, text=turn.text) for turn in transcript.turns)
    agent = next((one.reference for one in listed.participants if one.role is Role.AGENT and one.reference), None)
    labels = [
        _label(one, _places(quotes.get(one.criterion, ()), numbers, turns)) for one in judged if one.state in _STATES
    ]
    return GoldenDialogue(
        reference=listed.id, channel=listed.channel, language=listed.language or transcript.language, agent=agent,
        started_at=listed.started_at or listed.created_at, turns=turns, labels=tuple(labels),
    )  # fmt: skip


def _label(answer: AnswerSummary, places: tuple[GoldenPlace, ...]) -> GoldenLabel:
    answered = answer.state is AnswerState.ANSWERED
    return GoldenLabel(
        kind=GoldenKind.CRITERION, subject=answer.criterion, state=_STATES[answer.state], value=answer.value if answered else None,
        places=places if answered else (), decided_by=answer.judged_by,
    )  # fmt: skip


def _places(
    quotes: tuple[Quote, ...], numbers: Mapping[int, int], turns: tuple[GoldenTurn, ...]
) -> tuple[GoldenPlace, ...]:
    """Only words that the turn says as it is shown."""
    told = ((numbers.get(one.turn), one.text) for one in quotes)
    return tuple(
        GoldenPlace(turn=number, text=text) for number, text in told if number and text in turns[number - 1].text
    )[:MOST_PLACES]
