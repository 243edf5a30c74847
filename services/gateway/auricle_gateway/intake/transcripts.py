"""Turns as a caller sends them, as the transcript that the scorer reads. Pure."""

from datetime import datetime

from auricle_contracts import ConversationIn, Transcript, Turn, TurnIn
from auricle_languages.normalization import normalized

from auricle_gateway.errors import BodyMissing, InvalidRequest
from auricle_gateway.rest.timestamps import in_utc


def transcript_of(conversation: ConversationIn, conversation_id: str, revision: int, max_ms: int) -> Transcript:
    """The turns in order of their start where all have one, else as they came. Raises BodyMissing, InvalidRequest."""
    given = conversation.turns or ()
    roles = {participant.id: participant.role for participant in conversation.participants}
    begin = _begin(conversation)
    timed = [(turn, *_times(turn, begin, number, max_ms)) for number, turn in enumerate(given)]
    if all(start is not None for _, start, _ in timed):
        timed.sort(key=lambda item: item[1] or 0)
    texts = [normalized(turn.text, conversation.channel) for turn, _, _ in timed]
    if not any(text.strip() for text, _ in texts):
        raise BodyMissing("there is no turn with words in it")
    turns = tuple(
        Turn(
            id=number,
            participant=turn.participant,
            role=roles[turn.participant],
            text=text,
            source=source,
            start_ms=start,
            end_ms=end,
        )
        for number, ((turn, start, end), (text, source)) in enumerate(zip(timed, texts, strict=True), 1)
    )
    ends = [turn.end_ms or turn.start_ms for turn in turns if turn.start_ms is not None]
    return Transcript(
        conversation_id=conversation_id,
        revision=revision,
        language=conversation.language,
        turns=turns,
        duration_ms=max((end for end in ends if end is not None), default=None),
    )


def _begin(conversation: ConversationIn) -> datetime | None:
    """Where the clock starts for turns with `at`: their earliest, or the conversation's start if that is earlier."""
    moments = [in_utc(turn.at) for turn in conversation.turns or ()] + [in_utc(conversation.started_at)]
    return min((moment for moment in moments if moment is not None), default=None)


def _times(turn: TurnIn, begin: datetime | None, number: int, max_ms: int) -> tuple[int | None, int | None]:
    start, end = turn.start_ms, turn.end_ms
    at = in_utc(turn.at)
    if start is None and at is not None and begin is not None:
        start = round((at - begin).total_seconds() * 1000)
        return start, None  # a thread of e-mails may last weeks; the limit is for recordings' clocks
    if start is not None and end is not None and end < start:
        raise InvalidRequest(f"turns[{number}] ends before it starts")
    if max(start or 0, end or 0) > max_ms:
        raise InvalidRequest(f"turns[{number}] lies behind the longest conversation of {max_ms} ms")
    return start, end
