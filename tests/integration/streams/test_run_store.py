"""What the loop relies on, asked of the real run store on Postgres and of the twin that the other tests here use."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from auricle_contracts import Code
from auricle_records import results, runs
from auricle_records.database import Database
from auricle_streams import RunStore
from fixtures.sqlite_run_store import SqliteRunStore
from fixtures.tenant import Tenant


@dataclass
class Subject:
    """A run store with one waiting run that another follows, and the commit of its result."""

    run_store: RunStore[Any]
    run_id: str
    commit: Callable[[], Awaitable[None]]


@pytest.fixture
def twin(tmp_path: Path) -> Subject:
    run_store = SqliteRunStore(tmp_path / "runs.sqlite")
    run_store.add("r1", following="r2", stream="s")

    async def commit() -> None:
        run_store.commit("r1")

    return Subject(run_store, "r1", commit)


@pytest.fixture
async def real(database: Database) -> Subject:
    tenant = await Tenant(database).open()
    run = await tenant.call()

    async def commit() -> None:
        row = await runs.get(database, tenant.workspace, run.id)
        await results.commit_transcript(database, row, tenant.heard(row))

    return Subject(runs.PostgresRunStore(database), run.id, commit)


@pytest.fixture(params=["twin", "real"])
def subject(request: pytest.FixtureRequest) -> Subject:
    found: Subject = request.getfixturevalue(request.param)
    return found


async def begin(
    subject: Subject, entry_id: str = "1-1", *, lost_lease: bool = False, crash: str | None = None
) -> object | None:
    begun = await subject.run_store.begin(subject.run_id, entry_id=entry_id, lost_lease=lost_lease, crash=crash)
    return begun.run


async def test_a_run_without_an_entry_adopts_the_first_that_comes(subject: Subject) -> None:
    assert await begin(subject, "1-1")
    assert await begin(subject, "2-1") is None
    assert await begin(subject, "1-1")


async def test_the_publisher_and_the_first_worker_agree_in_either_order(subject: Subject) -> None:
    assert await begin(subject, "1-1")
    assert await subject.run_store.published(subject.run_id, expected=None, entry_id="1-1")
    assert not await subject.run_store.published(subject.run_id, expected=None, entry_id="2-1")
    assert await begin(subject, "1-1")


async def test_letting_go_of_an_entry_lets_the_next_one_in(subject: Subject) -> None:
    assert await begin(subject, "1-1")
    assert not await subject.run_store.published(subject.run_id, expected="9-9", entry_id=None)
    assert await subject.run_store.published(subject.run_id, expected="1-1", entry_id=None)
    assert await begin(subject, "2-1")
    assert await begin(subject, "1-1") is None


async def test_the_third_crash_is_the_end(subject: Subject) -> None:
    assert await begin(subject)
    assert await begin(subject, crash="SIGKILL")
    assert await begin(subject, crash="SIGKILL")
    assert await begin(subject, crash="SIGKILL") is None
    assert await begin(subject) is None


async def test_ten_lost_leases_are_the_end(subject: Subject) -> None:
    for _ in range(9):
        assert await begin(subject, lost_lease=True)
    assert await begin(subject, lost_lease=True) is None


async def test_the_third_failure_is_the_end_and_a_fatal_one_is_at_once(subject: Subject) -> None:
    assert await begin(subject)
    fail = subject.run_store.fail
    assert not await fail(subject.run_id, code=Code.SPEECH_ENGINE_FAILED, detail="one", fatal=False)
    assert await begin(subject)
    assert not await fail(subject.run_id, code=Code.SPEECH_ENGINE_FAILED, detail="two", fatal=False)
    assert await begin(subject)
    assert await fail(subject.run_id, code=Code.SPEECH_ENGINE_FAILED, detail="three", fatal=False)


async def test_a_fatal_failure(subject: Subject) -> None:
    assert await begin(subject)
    assert await subject.run_store.fail(subject.run_id, code=Code.NOT_AUDIO, detail="no audio", fatal=True)
    assert await begin(subject) is None


async def test_a_done_run_passes_its_unpublished_successor_on_until_it_is_published(subject: Subject) -> None:
    assert await begin(subject)
    await subject.commit()
    passed = await subject.run_store.begin(subject.run_id, entry_id="1-1", lost_lease=True, crash=None)
    assert passed.run is None
    ((next_id, _),) = passed.next_runs
    assert await subject.run_store.published(next_id, expected=None, entry_id="5-1")
    again = await subject.run_store.begin(subject.run_id, entry_id="1-1", lost_lease=True, crash=None)
    assert list(again.next_runs) == []


async def test_what_is_done_stays_done(subject: Subject) -> None:
    assert await begin(subject)
    await subject.commit()
    assert not await subject.run_store.published(subject.run_id, expected="1-1", entry_id="2-1")
    await subject.run_store.fail(subject.run_id, code=Code.INTERNAL, detail="late", fatal=True)
    passed = await subject.run_store.begin(subject.run_id, entry_id="1-1", lost_lease=False, crash="SIGKILL")
    assert passed.run is None
    assert len(passed.next_runs) == 1


async def test_an_unknown_run_is_nothing_to_work_on(subject: Subject) -> None:
    begun = await subject.run_store.begin("nobody", entry_id="1-1", lost_lease=False, crash=None)
    assert (begun.run, list(begun.next_runs)) == (None, [])
