"""The golden set of a workspace as the checklist reads it: what is nearest now, or what a dry run's conversation was shown before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from auricle_contracts import Channel, ShownCase, Transcript
from auricle_contracts.golden import GoldenCase
from auricle_records.database import Database
from auricle_records.golden import cases
from auricle_records.golden.cases import CasesAsked
from auricle_records.runs import RunRow

from auricle_scorer.checklist.golden_cases import CasePool, SimilarCase, excerpt, words_of


@dataclass(frozen=True)
class WorkspaceCases:
    """For the conversation of one run; `agents`: their references.

    A dry run shows what was shown to the evaluation that it is compared with, so that only the version makes a difference: where that
    evaluation showed something, or is of the same recipe.
    """

    db: Database
    run: RunRow
    channel: Channel
    agents: tuple[str, ...]

    async def pool(self, shown: Transcript, error_classes: Sequence[str], *, most: int) -> CasePool:
        """Cases of these classes near to the transcript, of each at most so many on either side."""
        workspace, said = self.run.workspace, words_of(shown)
        asked = CasesAsked(self.run.conversation_id, self.channel, shown.language, self.agents, tuple(error_classes))
        before = await cases.judged_before(self.db, workspace, self.run.id) if self.run.dry_run is not None else None
        if before is not None and (before.cases or before.recipe == self.run.recipe):
            return await self._pinned(asked, before.cases, said)
        words = " ".join(turn.text for turn in shown.turns)
        found = await cases.nearest(self.db, workspace, asked, words, most=most)
        return pool_of(found, said)

    async def _pinned(
        self, asked: CasesAsked, before: Mapping[str, Sequence[Mapping[str, Any]]], said: frozenset[str]
    ) -> CasePool:
        wanted = {step: [ShownCase.model_validate(one) for one in shown] for step, shown in before.items()}
        ids = {one.item_id for shown in wanted.values() for one in shown}
        found = await cases.kept(self.db, self.run.workspace, asked, sorted(ids)) if ids else ()
        there = {case.shown: case for case in (_similar(one, said) for one in found)}
        gone = {
            one for shown in wanted.values() for one in shown if one.error_class in asked.error_classes
        } - there.keys()
        pinned = {step: tuple(_ranked(there[one] for one in shown if one in there)) for step, shown in wanted.items()}
        return CasePool(pinned=pinned, gone=len(gone))


def pool_of(found: Iterable[GoldenCase], said: frozenset[str]) -> CasePool:
    """Cases, the nearest first, as they are shown to a conversation of these words."""
    return CasePool(tuple(_ranked(_similar(one, said) for one in found)))


def _similar(case: GoldenCase, said: frozenset[str]) -> SimilarCase:
    lines, at = excerpt(case.turns, case.places, said)
    return SimilarCase(case.item_id, case.error_class, case.state, lines, at)


def _ranked(found: Iterator[SimilarCase]) -> Iterator[SimilarCase]:
    """In their order; one of which nothing may be shown is none."""
    return (replace(one, rank=rank) for rank, one in enumerate(case for case in found if case.lines))
