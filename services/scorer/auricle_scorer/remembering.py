"""An agent's past messages: an index for each agent in this process, over what Postgres keeps; texts are read when they are asked for.

looked up ── index filled or topped up ──► candidates ── texts still kept, of earlier conversations ──► rules service
evaluated ── the conversation's own messages ──► Postgres, with the evaluation
So what was deleted is found no more: the index holds hashes and no words.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from auricle_contracts import Channel, Participant, PastMessage, Role, Transcript
from auricle_records import messages
from auricle_records.database import Database
from auricle_records.messages import AgentMessage, Shelf
from auricle_records.runs import RunRow

from auricle_scorer.likeness import PastIndex, is_long, normal, terms

CANDIDATES = 20
MOST_TURNS = 50  # of a conversation
MOST_HELD = 100_000  # messages in all indexes of this process
OVERLAP = 200  # ids that are read again: a transaction that began earlier may have ended later


@dataclass(frozen=True)
class Looked:
    """What was found, and the conversation's own messages, to be kept with its evaluation. `past` None: nobody looked."""

    past: tuple[PastMessage, ...] | None = None
    own: tuple[AgentMessage, ...] = ()


@dataclass(frozen=True)
class Memory:
    """`keep` messages of each agent; 0 keeps none, and nothing is looked for."""

    db: Database
    keep: int
    _indexes: "OrderedDict[tuple[str, str], PastIndex]" = field(default_factory=OrderedDict, compare=False, repr=False)
    _filling: asyncio.Lock = field(default_factory=asyncio.Lock, compare=False, repr=False)

    async def look(
        self, run: RunRow, channel: Channel, participants: Sequence[Participant], shown: Transcript | None
    ) -> Looked:
        """`shown` is the masked transcript; None where the workspace masks nothing, and then nothing is kept."""
        if not self.keep or channel is Channel.CALL or shown is None:
            return Looked()
        agents = {one.id: one.reference for one in participants if one.role is Role.AGENT and one.reference}
        said = {
            turn.id: AgentMessage(agents[turn.participant], text, tuple(terms(text)))
            for turn in shown.turns
            if turn.participant in agents and is_long(text := normal(turn.text))
        }
        asked = dict(list(said.items())[:MOST_TURNS])
        return Looked(await self._past(run, asked), tuple(asked.values()))

    async def _past(self, run: RunRow, asked: Mapping[int, AgentMessage]) -> tuple[PastMessage, ...]:
        if not asked:
            return ()
        async with messages.shelf(self.db, run.workspace) as shelf:
            agents = sorted({one.agent for one in asked.values()})
            indexes = {agent: await self._index(shelf, run.workspace, agent) for agent in agents}
            ids = {turn: indexes[one.agent].candidates(one.terms, CANDIDATES) for turn, one in asked.items()}
            wanted = {*chain.from_iterable(ids.values())}
            kept = await shelf.kept(wanted, before=run.conversation_id) if wanted else {}
        return tuple(
            PastMessage(
                turn=turn, said=asked[turn].text, conversation_id=kept[one].conversation_id, text=kept[one].text
            )
            for turn, found in ids.items()
            for one in found
            if one in kept
        )

    async def _index(self, shelf: Shelf, workspace: str, agent: str) -> PastIndex:
        """Filled, or with what came since; the least used go when they hold too much together."""
        async with self._filling:
            index = self._indexes.pop((workspace, agent), PastIndex())
            if len(index) > 2 * self.keep:  # most of it is kept no more
                index = PastIndex()
            after = max(0, index.newest - OVERLAP)
            known = index.known_after(after)
            found = await shelf.terms_after(agent, after, but=known, limit=self.keep)
            if found:
                await asyncio.to_thread(index.add, found)
            self._indexes[workspace, agent] = index
            while len(self._indexes) > 1 and sum(map(len, self._indexes.values())) > MOST_HELD:
                self._indexes.popitem(last=False)
            return index
