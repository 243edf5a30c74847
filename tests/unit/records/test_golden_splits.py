"""The split of a golden item: the same at every call, by agent and week, near its shares."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from auricle_contracts.golden import GoldenSplit, GoldenTurn
from auricle_contracts.vocabulary import Role
from auricle_records.golden.models import fingerprint
from auricle_records.golden.splits import pseudonym, split_of

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)


def drawn(agent: int, week: int) -> GoldenSplit:
    return split_of("ours", pseudonym("ours", f"agent {agent}"), MONDAY + timedelta(weeks=week, days=2), "x")


def test_it_is_the_same_at_every_call_and_all_week() -> None:
    agent = pseudonym("ours", "Иванова")
    days = {split_of("ours", agent, MONDAY + timedelta(days=day), "x") for day in range(7)}
    assert len(days) == 1
    assert pseudonym("ours", agent) == agent != pseudonym("theirs", "Иванова")


def test_an_agent_of_the_test_is_in_no_other_split() -> None:
    by_agent = {agent: {drawn(agent, week) for week in range(52)} for agent in range(200)}
    alone = [splits for splits in by_agent.values() if len(splits) == 1]
    assert {GoldenSplit.TEST} in alone
    assert all(GoldenSplit.TRAIN in splits for splits in by_agent.values() if len(splits) > 1)


def test_a_week_of_the_test_trains_nobody() -> None:
    for week in range(52):
        splits = {drawn(agent, week) for agent in range(200)}
        assert GoldenSplit.TEST in splits
        assert len(splits) < 3 or drawn(0, week) is not None
    shut = [week for week in range(52) if GoldenSplit.TRAIN not in {drawn(agent, week) for agent in range(200)}]
    assert shut


def test_the_shares_are_near() -> None:
    counts = Counter(drawn(agent, week) for agent in range(300) for week in range(52))
    shares = {split: counts[split] / counts.total() for split in GoldenSplit}
    assert 0.4 < shares[GoldenSplit.TRAIN] < 0.7
    assert min(shares.values()) > 0.1


def test_the_same_words_are_the_same_dialogue() -> None:
    one = [GoldenTurn(role=Role.AGENT, text="Добрый день!  Чем помочь?")]
    two = [GoldenTurn(role=Role.AGENT, text="добрый день чем помочь")]
    other = [GoldenTurn(role=Role.CUSTOMER, text="добрый день чем помочь")]
    assert fingerprint(one) == fingerprint(two) != fingerprint(other)
