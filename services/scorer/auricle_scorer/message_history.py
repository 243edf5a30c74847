"""Message history of agents: which of an agent's past messages may be nearly one of this conversation.

    lookup    index filled or topped up ─► candidates ─► texts that are still kept, of earlier conversations ─► rules service
    commit    the conversation's own messages ─► Postgres, with the evaluation; the oldest beyond `keep` go later, by themselves

An index holds hashes and no words, so what was deleted is found no more. No transaction is open while an index computes, agents do not
wait for each other, and all indexes of a process together hold at most `MOST_POSTINGS`.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from auricle_contracts import Channel, Participant, PastMessage, Role, Transcript
from auricle_kit import log
from auricle_kit.errors import AuricleError
from auricle_records import messages
from auricle_records.database import Database
from auricle_records.messages import AgentMessage
from auricle_records.runs import RunRow

from auricle_scorer.near_duplicates import InvertedIndex, comparable, is_long, terms

logger = log.get("scorer.message_history")
CANDIDATES = 20
MOST_TURNS = 50  # of a conversation
MOST_POSTINGS = 8_000_000  # in all indexes of this process: 64 MiB, about 100,000 messages of 40 words
OVERLAP = 200  # of the agent's messages are read again: a transaction that began earlier may have ended later
TRIM_EVERY = 50  # messages of an agent


@dataclass(frozen=True)
class HistoryLookup:
    """What was found, and the conversation's own messages, to be kept with its evaluation. `past` None: nobody looked."""

    past: tuple[PastMessage, ...] | None = None
    own: tuple[AgentMessage, ...] = ()


@dataclass(eq=False)
class _AgentIndex:
    """An agent's index, who fills it, and how many messages were added since the oldest were removed."""

    index: InvertedIndex = field(default_factory=InvertedIndex)
    filling: asyncio.Lock = field(default_factory=asyncio.Lock)
    untrimmed: int = 0


@dataclass(frozen=True)
class AgentMessageHistory:
    """`keep` messages of each agent; 0 keeps none, and nothing is looked for."""

    db: Database
    keep: int
    _indexes: "OrderedDict[tuple[str, str], _AgentIndex]" = field(
        default_factory=OrderedDict, compare=False, repr=False
    )

    async def lookup(
        self, run: RunRow, channel: Channel, participants: Sequence[Participant], shown: Transcript | None
    ) -> HistoryLookup:
        """`shown` is the masked transcript; None where the workspace masks nothing, and then nothing is kept."""
        if not self.keep or channel is Channel.CALL or shown is None:
            return HistoryLookup()
        agents = {one.id: one.reference for one in participants if one.role is Role.AGENT and one.reference}
        said = {
            turn.id: AgentMessage(agents[turn.participant], text, tuple(terms(text)))
            for turn in shown.turns
            if turn.participant in agents and is_long(text := comparable(turn.text))
        }
        asked = dict(list(said.items())[:MOST_TURNS])
        return HistoryLookup(await self._past(run, asked), tuple(asked.values()))

    async def _past(self, run: RunRow, asked: Mapping[int, AgentMessage]) -> tuple[PastMessage, ...]:
        if not asked:
            return ()
        agents = sorted({one.agent for one in asked.values()})
        indexes = {agent: await self._filled(run.workspace, agent) for agent in agents}
        ids = {turn: indexes[one.agent].candidates(one.terms, CANDIDATES) for turn, one in asked.items()}
        wanted = {*chain.from_iterable(ids.values())}
        kept = await messages.kept(self.db, run.workspace, wanted, before=run.conversation_id) if wanted else {}
        return tuple(
            PastMessage(
                turn=turn, said=asked[turn].text, conversation_id=kept[one].conversation_id, text=kept[one].text
            )
            for turn, found in ids.items()
            for one in found
            if one in kept
        )

    async def _filled(self, workspace: str, agent: str) -> InvertedIndex:
        """With what came since; the least used go when all hold too much together."""
        mine = self._indexes.setdefault((workspace, agent), _AgentIndex())
        self._indexes.move_to_end((workspace, agent))
        async with mine.filling:
            if len(mine.index) > 2 * self.keep:  # most of it is kept no more
                mine.index = InvertedIndex()
            newest = mine.index.newest(OVERLAP)
            after = newest[-1] - 1 if len(newest) == OVERLAP else 0
            found = await messages.terms_after(self.db, workspace, agent, after, but=newest, limit=self.keep)
            if found:
                await asyncio.to_thread(mine.index.add, found)
        while len(self._indexes) > 1 and sum(one.index.postings for one in self._indexes.values()) > MOST_POSTINGS:
            self._indexes.popitem(last=False)
        return mine.index

    async def trim(self, run: RunRow, own: Sequence[AgentMessage]) -> None:
        """Remove the oldest beyond `keep`, now and then, in a transaction of its own. A failure is logged and comes right the next time."""
        for agent in sorted({one.agent for one in own}):
            mine = self._indexes.get((run.workspace, agent))
            if mine is None:
                continue
            mine.untrimmed += sum(one.agent == agent for one in own)
            if len(mine.index) + mine.untrimmed > self.keep and mine.untrimmed >= min(TRIM_EVERY, self.keep):
                mine.untrimmed = 0
                try:
                    await messages.trim(self.db, run.workspace, agent, self.keep)
                except AuricleError as error:
                    logger.warning("history_not_trimmed", code=error.code)
