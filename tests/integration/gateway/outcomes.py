"""What asr and scorer would do, through their own doors in records: real rows and blobs, made-up answers."""

import asyncio

import httpx
from auricle_contracts import (
    Answer,
    AnswerState,
    ClassOutcome,
    ConversationView,
    CriterionKind,
    Digest,
    DigestLine,
    Evaluation,
    Finding,
    Layer,
    Level,
    Quote,
    Role,
    Severity,
    Span,
    Step,
    Transcript,
    Turn,
    Usage,
)
from auricle_records import paths, results, runs
from auricle_records.results import Heard
from auricle_records.runs import RunRow
from fixtures.deliveries import take_up
from integration.gateway.conftest import Door

TEXT = "Доставка стоит триста рублей"


async def _begin(door: Door, view: ConversationView, step: Step) -> RunRow:
    (run_id,) = [run.id for run in view.runs if run.step is step and run.state != "done"]
    return await take_up(door.db, view.workspace, run_id)


async def entry_of(door: Door, workspace: str, run_id: str, *, within_s: float = 60.0) -> str:
    """The entry that carries a run: it is written down behind the answer. Fails the test when nobody published it."""
    for _ in range(int(within_s / 0.02)):
        entry = (await runs.get(door.db, workspace, run_id)).entry_id
        if entry is not None:
            return entry
        await asyncio.sleep(0.02)
    raise AssertionError(f"no entry carries run {run_id} after {within_s:.0f} s")


async def view(door: Door, conversation_id: str, of: httpx.AsyncClient | None = None) -> ConversationView:
    reply = await (of or door.ours).get(f"/v1/conversations/{conversation_id}")
    return ConversationView.model_validate_json(reply.content)


async def hear(
    door: Door, conversation_id: str, of: httpx.AsyncClient | None = None, *, asked: str = "Сколько стоит?"
) -> None:
    """The asr step: a transcript, peaks, and what decoding found. `of`: whose it is."""
    run = await _begin(door, await view(door, conversation_id, of), Step.TRANSCRIBE)
    turns = (
        Turn(id=1, participant="customer", role=Role.CUSTOMER, text=asked, start_ms=0, end_ms=900),
        Turn(id=2, participant="agent", role=Role.AGENT, text=TEXT, start_ms=1000, end_ms=3000),
    )
    transcript = Transcript(conversation_id=conversation_id, turns=turns, duration_ms=3000, engine="scripted")
    key, peaks = paths.transcript(run.workspace, conversation_id, 1), paths.peaks(run.workspace, conversation_id)
    await door.parts.store.put_bytes(key, transcript.model_dump_json().encode())
    await door.parts.store.put_bytes(peaks, b'{"tracks": [[0.1, 0.9]]}')
    heard = Heard(transcript, key, peaks, duration_ms=3000, declared_duration_ms=3000, tracks=2, sample_rate_hz=8000)
    used = Usage(step=Step.TRANSCRIBE, part="speech", device="cpu", seconds=0.5, audio_seconds=3.0)
    await results.commit_transcript(door.db, run, heard, usages=[used])


FINDING = Finding(
    error_class="rudeness", category="politeness", severity=Severity.CRITICAL, fatal=True, comment="Груб.", source=Layer.MODEL,
    quotes=(Quote(turn=2, span=Span(start=0, end=11), text="Перезвоните"),), participant="agent", version="rudeness@1",
)  # fmt: skip


async def judge(
    door: Door,
    conversation_id: str,
    device: str = "NVIDIA L4",
    *,
    findings: tuple[Finding, ...] = (),
    looked: tuple[ClassOutcome, ...] = (),
    of: httpx.AsyncClient | None = None,
) -> str:
    """The score step: answers of all three states, a digest, a priced and an unpriced usage; the evaluation's id. `of`: whose it is."""
    run = await _begin(door, await view(door, conversation_id, of), Step.EVALUATE)
    digest = Digest(
        version="1", level=Level.LIGHT, level_reason="plain", dropped=(), tokens_before=20, tokens_after=10, token_counter="approximate",
        lines=(DigestLine(turns=(2,), role=Role.AGENT, text=TEXT),),
    )  # fmt: skip
    key = paths.digest(run.workspace, conversation_id, run.revision, run.id)
    await door.parts.store.put_bytes(key, digest.model_dump_json().encode())
    evaluation = _evaluation(run).model_copy(update={"findings": findings, "outcomes": looked})
    done = await results.commit_evaluation(door.db, run, evaluation, digest_key=key, usages=_usages(device))
    return done.evaluation_id or ""


def _usages(device: str) -> list[Usage]:
    return [
        Usage(
            step=Step.EVALUATE,
            part="judge",
            device=device,
            seconds=1.8,
            tokens_in=500,
            tokens_out=80,
            model="judge",
            criteria={"politeness": 400, "stage": 180},
        ),
        Usage(step=Step.EVALUATE, part="compress", device="cpu", seconds=0.01),
    ]


def _evaluation(run: RunRow) -> Evaluation:
    quote = Quote(turn=2, span=Span(start=0, end=len(TEXT)), text=TEXT, start_ms=1000, end_ms=3000)
    answers = (
        _answer("politeness", CriterionKind.SCORE, AnswerState.ANSWERED, 90, (quote,)),
        _answer("objection_handling", CriterionKind.SCORE, AnswerState.NOT_APPLICABLE),
        _answer("sale_chance", CriterionKind.SCORE, AnswerState.UNDETERMINED),
        _answer("price_mentions", CriterionKind.COUNT, AnswerState.ANSWERED, 1),
        _answer("stage", CriterionKind.CHOICE, AnswerState.ANSWERED, "presentation"),
    )
    return Evaluation(
        id="-", conversation_id=run.conversation_id, revision=run.revision, recipe=run.recipe, current=True, answers=answers,
        summary='=HYPERLINK("http://evil")', created_at=run.created_at,
    )  # fmt: skip


def _answer(
    criterion: str,
    kind: CriterionKind,
    state: AnswerState,
    value: int | str | None = None,
    quotes: tuple[Quote, ...] = (),
) -> Answer:
    return Answer(
        criterion=criterion, title=criterion, layer=Layer.MODEL, kind=kind, state=state, value=value, quotes=quotes, confidence=0.9
    )  # fmt: skip
