"""Which trainings are started, watched and ended, and which a schedule asks for.

asked ──a place is free──► its job is started ──► watched ──► lost: started again, from its checkpoint ──MOST_ATTEMPTS──► failed
                                                     └── longer than the workspace allows ──► failed, over_time
over, its job still there ──after GRACE_S──► removed ──► released
"""

from datetime import UTC, datetime, timedelta

from auricle_contracts.problems import Code
from auricle_contracts.trainings import TrainingNumbers, TrainingSchedule, TrainingSettings
from auricle_kit import log, metrics
from auricle_records import keys, trainings
from auricle_records.database import Database
from auricle_records.errors import GoldenConsentMissing, TooFewExamples, TrainingOpen
from auricle_records.trainings import Training, requests, settings
from auricle_records.trainings.examples import learnable
from auricle_records.trainings.models import SCHEDULE
from auricle_records.trainings.settings import ChosenTraining

from auricle_keeper.trainings.launching import Launcher, Phase, Seen

MOST_ATTEMPTS = 5
GRACE_S = 30.0
"""How long a job may take to end after its last word."""
MOST_DETAIL = 900
STARTED = metrics.counter("auricle_trainings_started", "Jobs of trainings that were started, lost ones again.")
FAILED = metrics.counter("auricle_trainings_failed", "Trainings that keeper gave up.", ("code",))
logger = log.get("keeper.trainings")


class Trainings:
    """Those of all workspaces. `secret` makes the keys of jobs; at most `at_once` jobs are under way."""

    def __init__(self, db: Database, launcher: Launcher, *, secret: str, at_once: int) -> None:
        self._db = db
        self._launcher = launcher
        self._secret = secret
        self._at_once = at_once

    async def round(self) -> int:
        """How many were asked for, started and ended. Raises StoreUnavailable, LauncherAway."""
        done, running, waiting = 0, 0, []
        for workspace in await self._db.workspaces():
            done += await scheduled(self._db, workspace, datetime.now(UTC))
            for training in await trainings.unreleased(self._db, workspace):
                seen = await self._launcher.look(training.id)
                if seen.phase is Phase.RUNNING:
                    running += 1
                if not training.is_under_way:
                    done += await self._clear(workspace, training, seen)
                elif seen.phase is Phase.RUNNING:
                    done += await self._watch(workspace, training)
                else:
                    waiting.append((workspace, training, seen))
        for workspace, training, seen in waiting:
            if running < self._at_once or training.attempts:
                moved = await self._start(workspace, training, seen)
                done, running = done + 1, running + moved
        return done

    async def close(self) -> None:
        """Keeper ends."""
        await self._launcher.close()

    async def _start(self, workspace: str, training: Training, seen: Seen) -> bool:
        """Whether a job runs for it now."""
        if training.attempts >= MOST_ATTEMPTS:
            detail = seen.detail[-MOST_DETAIL:] or f"its job was lost {MOST_ATTEMPTS} times"
            await self._fail(workspace, training, Code.TRAINER_FAILED, detail)
            return False
        if seen.phase is not Phase.NOTHING:
            await self._launcher.remove(training.id)
            if (await self._launcher.look(training.id)).phase is not Phase.NOTHING:
                return False  # the cluster takes its time; the next round starts it
        token = keys.derived(self._secret, training.id)
        await trainings.launch(self._db, workspace, training.id, token)
        await self._launcher.start(training.id, token)
        STARTED.inc()
        logger.info("training_started", workspace=workspace, training=training.id, attempt=training.attempts + 1)
        return True

    async def _watch(self, workspace: str, training: Training) -> int:
        chosen = (await settings.get(self._db, workspace)).settings
        began = training.launched_at or training.created_at
        if datetime.now(UTC) - began < timedelta(hours=chosen.most_hours):
            return 0
        detail = f"it ran for more than {chosen.most_hours} hours"
        await self._fail(workspace, training, Code.OVER_TIME, detail)
        return 1

    async def _clear(self, workspace: str, training: Training, seen: Seen) -> int:
        ended = training.ended_at or training.created_at
        is_late = datetime.now(UTC) - ended >= timedelta(seconds=GRACE_S) or training.state in requests.CUT_SHORT
        if seen.phase is Phase.RUNNING and not is_late:
            return 0
        if seen.phase is not Phase.NOTHING:
            await self._launcher.remove(training.id)
        await trainings.release(self._db, workspace, training.id)
        return 1

    async def _fail(self, workspace: str, training: Training, code: Code, detail: str) -> None:
        if await trainings.fail(self._db, workspace, training.id, code, detail):
            FAILED.labels(code).inc()
            logger.warning("training_failed", workspace=workspace, training=training.id, code=code)


async def scheduled(db: Database, workspace: str, now: datetime) -> int:
    """Ask for what the workspace's schedule wants now; 1 where it did. What cannot be trained stands in the list with its reason."""
    chosen = await settings.get(db, workspace)
    wanted = chosen.settings
    if wanted.schedule is TrainingSchedule.OFF or wanted.base is None:
        return 0
    earlier = await trainings.listed(db, workspace)
    if any(one.is_under_way for one in earlier):
        return 0
    if not await _is_due(db, workspace, chosen, earlier, now):
        return 0
    numbers = TrainingNumbers()
    try:
        await trainings.ask(db, workspace, wanted.base, numbers, SCHEDULE)
    except TrainingOpen:
        return 0
    except (TooFewExamples, GoldenConsentMissing) as error:
        await requests.ask_in_vain(db, workspace, wanted.base, numbers, SCHEDULE, error.code, error.detail)
    logger.info("training_scheduled", workspace=workspace, schedule=wanted.schedule)
    return 1


async def _is_due(db: Database, workspace: str, chosen: ChosenTraining, earlier: list[Training], now: datetime) -> bool:
    if chosen.settings.schedule is TrainingSchedule.WEEKLY:
        slot = last_slot(chosen.settings, now)
        since = max((one.created_at for one in earlier if one.actor.kind == SCHEDULE.kind), default=None)
        return (chosen.chosen_at is None or chosen.chosen_at < slot) and (since is None or since < slot)
    async with db.transaction(workspace) as connection:
        labels = (await learnable(connection)).labels
    return labels - (earlier[0].labels if earlier else 0) >= chosen.settings.new_labels


def last_slot(wanted: TrainingSettings, now: datetime) -> datetime:
    """The newest moment of the week at which the schedule was due."""
    today = now.replace(hour=wanted.hour, minute=0, second=0, microsecond=0)
    slot = today - timedelta(days=(now.weekday() - wanted.weekday) % 7)
    return slot if slot <= now else slot - timedelta(days=7)
