"""What a caller may see of a conversation. Everything personal is hidden; `unmasked=true` shows it to a key with the scope `unmask`, and is
written down first.

Quotes are moved into the masked transcript, so that they still mark the same words; what a model wrote is masked as free words.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, TypeVar

from auricle_contracts import (
    Answer,
    ConversationView,
    Digest,
    DigestLine,
    Evaluation,
    FindingLabel,
    Label,
    Scope,
    Transcript,
)
from auricle_contracts.masking import MaskingSettings, Secrets
from auricle_kit import log
from auricle_kit.sealing import Keyring, Sealed
from auricle_masking import Detector, Mask, mask, masked_participants, revealed, unsealed
from auricle_records import masking
from auricle_records.callers import Caller
from auricle_records.database import Database
from auricle_records.masking import What
from auricle_records.reports import Report
from fastapi import Query

from auricle_gateway.errors import Forbidden

logger = log.get("gateway.privacy")
V = TypeVar("V")
W = TypeVar("W", bound=ConversationView)
Unmasked = Annotated[bool, Query(description="Show what is hidden: needs the scope `unmask`, and is audited.")]


@dataclass(frozen=True)
class Privacy:
    """`keyring` opens the reverse maps that the scorer sealed; without it placeholders are counted anew at each reading."""

    db: Database
    detector: Detector
    keyring: Keyring | None

    async def hides(
        self, caller: Caller, conversation_id: str, what: What, *, unmasked: bool
    ) -> MaskingSettings | None:
        """How to hide it from this caller; None where it is shown. Raises Forbidden for who may not ask for that."""
        chosen = await masking.settings(self.db, caller.workspace)
        if unmasked:
            await self.unmask(caller, conversation_id, what)
        return chosen if chosen.views and not unmasked else None

    async def hides_people(self, caller: Caller) -> MaskingSettings | None:
        """How to hide customers' names and numbers from this caller; None for a key with `unmask`, and where views show everything."""
        if Scope.UNMASK in caller.scopes:
            return None
        chosen = await masking.settings(self.db, caller.workspace)
        return chosen if chosen.views else None

    def view(self, view: W, chosen: MaskingSettings | None) -> W:
        """A conversation as it may be seen."""
        if chosen is None:
            return view
        people = masked_participants(view.participants, self.detector, kinds=chosen.kinds, language=view.language)
        return view.model_copy(update={"participants": people})

    async def hides_recording(self, caller: Caller, conversation_id: str) -> bool:
        """Whether this caller hears tones; who hears everything is written down first, where the workspace hides its recordings."""
        if not (await masking.settings(self.db, caller.workspace)).recordings:
            return False
        if Scope.UNMASK not in caller.scopes:
            return True
        await self.unmask(caller, conversation_id, "recording")
        return False

    async def unmask(self, caller: Caller, conversation_id: str, what: What) -> None:
        """Let through who may see it, written down before anything is shown. Raises Forbidden."""
        if Scope.UNMASK not in caller.scopes:
            raise Forbidden(Scope.UNMASK)
        await masking.audit(self.db, caller.workspace, conversation_id, caller.id, what)
        logger.info("unmasked", conversation=conversation_id, caller=caller.id, what=what)

    async def secrets(self, workspace: str, conversation_ids: Sequence[str]) -> dict[str, Secrets]:
        """The reverse maps of those conversations that have one which can be opened."""
        if self.keyring is None:
            return {}
        sealed = await masking.maps(self.db, workspace, conversation_ids)
        opened = {
            name: unsealed(self.keyring, Sealed(one.key_id, one.body), workspace, name, one.revision)
            for name, one in sealed.items()
        }
        return {name: found for name, found in opened.items() if found is not None}

    async def mask(self, workspace: str, transcript: Transcript, chosen: MaskingSettings) -> Mask:
        """The conversation as it may be seen, with the placeholders that the model saw."""
        seeds = await self.secrets(workspace, [transcript.conversation_id])
        seed = seeds.get(transcript.conversation_id)
        return await asyncio.to_thread(mask, transcript, self.detector, kinds=chosen.kinds, seed=seed)

    async def masked_reports(self, workspace: str, found: Sequence[Report], chosen: MaskingSettings) -> list[Report]:
        """For exports: the words of evaluations and labels; transcripts are not read, so quotes are masked as free words."""
        seeds = await self.secrets(workspace, [report.conversation.id for report in found])
        return await asyncio.to_thread(self._masked_reports, found, seeds, chosen)

    async def masked_labels(self, workspace: str, labels: Sequence[Label]) -> tuple[Label, ...]:
        """What people said about answers, as keys without `unmask` may read it."""
        chosen = await masking.settings(self.db, workspace)
        if not chosen.views:
            return tuple(labels)
        seeds = await self.secrets(workspace, list({label.conversation_id for label in labels}))
        return await asyncio.to_thread(self._masked_labels, labels, seeds, chosen)

    def free_words(self, conversation_id: str, words: str, chosen: MaskingSettings | None) -> str:
        """What somebody wrote about a conversation, as it may be seen; placeholders are counted anew."""
        return words if chosen is None else self._wordless(conversation_id, None, chosen).words(words)

    async def masked_words(self, workspace: str, said: Sequence[tuple[str, str]]) -> list[str]:
        """Words about conversations, each with its conversation's id, as everybody may read them; transcripts are not read."""
        chosen = await masking.settings(self.db, workspace)
        if not chosen.views or not said:
            return [words for _, words in said]
        seeds = await self.secrets(workspace, list({name for name, _ in said}))

        def hidden() -> list[str]:
            masks = {name: self._wordless(name, seeds.get(name), chosen) for name in {name for name, _ in said}}
            return [masks[name].words(words) for name, words in said]

        return await asyncio.to_thread(hidden)

    async def masked_finding_labels(self, workspace: str, labels: Sequence[FindingLabel]) -> tuple[FindingLabel, ...]:
        """What people said about findings, as keys without `unmask` may read it."""
        chosen = await masking.settings(self.db, workspace)
        if not chosen.views or not any(label.comment for label in labels):
            return tuple(labels)
        seeds = await self.secrets(workspace, list({label.conversation_id for label in labels}))
        return await asyncio.to_thread(self._masked_finding_labels, labels, seeds, chosen)

    def _masked_finding_labels(
        self, labels: Sequence[FindingLabel], seeds: dict[str, Secrets], chosen: MaskingSettings
    ) -> tuple[FindingLabel, ...]:
        names = {label.conversation_id for label in labels}
        hidden = {name: self._wordless(name, seeds.get(name), chosen) for name in names}
        return tuple(
            one.model_copy(update={"comment": _words(one.comment, hidden[one.conversation_id])}) for one in labels
        )

    def _masked_labels(
        self, labels: Sequence[Label], seeds: dict[str, Secrets], chosen: MaskingSettings
    ) -> tuple[Label, ...]:
        hidden = {
            one: self._wordless(one, seeds.get(one), chosen) for one in {label.conversation_id for label in labels}
        }
        return tuple(masked_label(label, hidden[label.conversation_id]) for label in labels)

    def _wordless(self, conversation_id: str, seed: Secrets | None, chosen: MaskingSettings) -> Mask:
        """What masks free words about a conversation whose turns are not read."""
        nothing = Transcript(conversation_id=conversation_id, turns=())
        return mask(nothing, self.detector, kinds=chosen.kinds, seed=seed)

    def _masked_reports(
        self, found: Sequence[Report], seeds: dict[str, Secrets], chosen: MaskingSettings
    ) -> list[Report]:
        return [self._masked_report(report, seeds.get(report.conversation.id), chosen) for report in found]

    def _masked_report(self, report: Report, seed: Secrets | None, chosen: MaskingSettings) -> Report:
        hidden = self._wordless(report.conversation.id, seed, chosen)
        evaluation = masked_evaluation(report.evaluation, hidden) if report.evaluation else None
        labels = tuple(masked_label(one, hidden) for one in report.labels)
        verdicts = {name: replace(one, value=_words(one.value, hidden)) for name, one in report.verdicts.items()}
        return replace(report, evaluation=evaluation, labels=labels, verdicts=verdicts)


def masked_label(label: Label, hidden: Mask) -> Label:
    """A person's opinion without personal data."""
    return label.model_copy(
        update={"comment": _words(label.comment, hidden), "value": _words(label.value, hidden)}
        | {"old_value": _words(label.old_value, hidden)}
    )


def masked_evaluation(evaluation: Evaluation, hidden: Mask) -> Evaluation:
    """The same judgement: quotes in the masked transcript, everything written without personal data."""
    findings = tuple(
        one.model_copy(
            update={"quotes": tuple(map(hidden.shown, one.quotes)), "comment": hidden.words(one.comment)}
            | {"note": _words(one.note, hidden)}
        )
        for one in evaluation.findings
    )
    return evaluation.model_copy(
        update={
            "answers": tuple(_masked_answer(one, hidden) for one in evaluation.answers),
            "findings": findings,
            "summary": _words(evaluation.summary, hidden),
        }
    )


def _masked_answer(answer: Answer, hidden: Mask) -> Answer:
    return answer.model_copy(
        update={
            "quotes": tuple(map(hidden.shown, answer.quotes)),
            "reasoning": _words(answer.reasoning, hidden),
            "value": _words(answer.value, hidden),
        }
    )


def _words(value: V, hidden: Mask) -> V | str:
    return hidden.words(value) if isinstance(value, str) else value


def masked_digest(digest: Digest, hidden: Mask) -> Digest:
    """What the model read. It is masked already unless the workspace lets models see everything."""
    lines = tuple(line.model_copy(update={"text": hidden.words(line.text)}) for line in digest.lines)
    return digest.model_copy(update={"lines": lines})


def revealed_evaluation(evaluation: Evaluation, secrets: Secrets | None) -> Evaluation:
    """What the model wrote, with the words that its placeholders stand for; quotes are the original's anyway."""
    if secrets is None:
        return evaluation
    answers = tuple(
        one.model_copy(
            update={"reasoning": _revealed_value(one.reasoning, secrets), "value": _revealed_value(one.value, secrets)}
        )
        for one in evaluation.answers
    )
    findings = tuple(
        one.model_copy(update={"comment": _revealed_value(one.comment, secrets)}) for one in evaluation.findings
    )
    told = {"answers": answers, "findings": findings, "summary": _revealed_value(evaluation.summary, secrets)}
    return evaluation.model_copy(update=told)


def revealed_digest(digest: Digest, secrets: Secrets | None) -> Digest:
    """What the model read, with the words that its placeholders stand for."""
    if secrets is None:
        return digest
    lines = tuple(_revealed_line(line, secrets) for line in digest.lines)
    return digest.model_copy(update={"lines": lines})


def _revealed_line(line: DigestLine, secrets: Secrets) -> DigestLine:
    return line.model_copy(update={"text": _revealed_value(line.text, secrets)})


def _revealed_value(value: V, secrets: Secrets) -> V | str:
    return revealed(value, secrets) if isinstance(value, str) else value
