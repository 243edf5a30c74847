"""The metadata layer: what the caller said about the conversation, passed through as answers for segments. Nothing is judged."""

from collections.abc import Iterator

from auricle_contracts import Answer, AnswerState, CriterionKind, Layer, MetadataValue, RulesRequest


def metadata_answers(request: RulesRequest) -> Iterator[Answer]:
    """Channel and direction, then the caller's own keys in their order."""
    yield _answer("channel", request.channel.value)
    if request.direction:
        yield _answer("direction", request.direction.value)
    for key, value in request.metadata.items():
        if key not in {"channel", "direction"}:
            yield _answer(key, value)


def _answer(key: str, value: MetadataValue) -> Answer:
    return Answer(
        criterion=key,
        title=key,
        layer=Layer.METADATA,
        kind=_kind(value),
        state=AnswerState.NOT_APPLICABLE if value is None else AnswerState.ANSWERED,
        value=value,
        why="not_given" if value is None else None,
    )


def _kind(value: MetadataValue) -> CriterionKind:
    if isinstance(value, bool):
        return CriterionKind.YES_NO
    return CriterionKind.COUNT if isinstance(value, int | float) else CriterionKind.TEXT
