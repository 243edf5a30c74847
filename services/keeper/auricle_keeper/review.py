"""The review queue kept true: what waits for a person, what waits no more, and each week's sample of every agent."""

from datetime import UTC, datetime

from auricle_kit import log
from auricle_records.database import Database
from auricle_records.review import (
    agent_sample,
    blind,
    contested,
    disagreeing_people,
    disagreeing_versions,
    hunting,
    outliers,
    triage,
    upkeep,
)

logger = log.get("keeper.review")


class Triage:
    """New evaluations, contested answers, what two people said different things of, and items whose conversation was evaluated again."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def round(self) -> int:
        """How many evaluations were looked at and items changed. Raises StoreUnavailable."""
        done = 0
        for workspace in await self._db.workspaces():
            done += await upkeep.withdraw(self._db, workspace)
            done += await triage.triage(self._db, workspace)
            done += await contested.contest(self._db, workspace, now=datetime.now(UTC))
            done += await disagreeing_people.dispute(self._db, workspace, now=datetime.now(UTC))
            done += await blind.withdraw(self._db, workspace)
        return done


class Sample:
    """Last week's conversations of each agent, those that versions disagree about, blind items, and what reviewers took and left lying."""

    def __init__(self, db: Database, *, claimed_s: float) -> None:
        self._db = db
        self._claimed_s = claimed_s

    async def round(self) -> int:
        """How many were drawn and given back. Raises StoreUnavailable."""
        done = 0
        for workspace in await self._db.workspaces():
            drawn = await agent_sample.draw(self._db, workspace, now=datetime.now(UTC))
            drawn += await disagreeing_versions.draw(self._db, workspace, now=datetime.now(UTC))
            drawn += await blind.stock(self._db, workspace)
            released = await upkeep.release(self._db, workspace, claimed_s=self._claimed_s)
            if drawn or released:
                logger.info("review_sampled", workspace=workspace, drawn=drawn, released=released)
            done += drawn + released
        return done


class Outliers:
    """Last week's conversations that lie farthest from others of their kind, and those that say what rare errors said."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def round(self) -> int:
        """How many items got the reason. Raises StoreUnavailable."""
        done = 0
        for workspace in await self._db.workspaces():
            done += await outliers.draw(self._db, workspace, now=datetime.now(UTC))
            done += await hunting.draw(self._db, workspace, now=datetime.now(UTC))
        return done
