"""Parts of money and time are their whole: by criterion and by worker."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from auricle_contracts import CostLine, Step, Usage
from auricle_gateway.costs.prices import MICRO_DOLLARS, PriceBook
from auricle_gateway.costs.spending import apportioned, by_criterion, by_worker
from auricle_kit.metering import NS_PER_S, Tally
from auricle_records.worker_uptime import WorkerUptime
from hypothesis import given
from hypothesis import strategies as st

PRICES = PriceBook.read(Path(__file__).parents[3] / "prompts" / "prices")
DAY = datetime(2026, 11, 20, tzinfo=UTC)


def line(criteria: dict[str, int] | None, *, device: str = "NVIDIA L4", seconds: float = 3.0) -> CostLine:
    usage = Usage(step=Step.EVALUATE, part="model", device=device, seconds=seconds, criteria=criteria)
    (cost,) = PRICES.cost([usage], date(2026, 11, 20))
    return cost


def shift(*parts: int, service: str = "asr", device: str = "NVIDIA L4", over: bool = True) -> WorkerUptime:
    tally = Tally(*(part * NS_PER_S for part in parts))
    return WorkerUptime("s", service, "pod-1", device, DAY, DAY, over, tally)


def test_a_criterion_costs_its_tokens() -> None:
    heard = Usage(step=Step.TRANSCRIBE, part="speech", device="NVIDIA L4", seconds=9)
    speech = CostLine(usage=heard, amount_usd=Decimal(1), prices_dated=date(2026, 11, 1))
    politeness, stage = by_criterion([speech, line({"politeness": 300, "stage": 100})])
    assert (politeness.criterion, politeness.tokens, politeness.seconds) == ("politeness", 300, 2.25)
    whole = line(None).amount_usd
    assert whole is not None
    assert (politeness.amount_usd or 0) + (stage.amount_usd or 0) == whole
    assert politeness.amount_usd == pytest.approx(3 * (stage.amount_usd or 0), abs=Decimal("0.00000004"))


def test_a_laptops_criteria_have_seconds_and_no_money() -> None:
    (one,) = by_criterion([line({"politeness": 10}, device="cpu")])
    assert (one.seconds, one.amount_usd) == (3.0, None)
    assert by_criterion([line(None), line({}), line({"stage": 0})]) == ()


@given(
    st.decimals(0, 10**6, places=8),
    st.lists(st.integers(0, 10**7), min_size=1, max_size=30).filter(any),
)
def test_no_part_of_an_amount_is_lost(amount: Decimal, weights: list[int]) -> None:
    parts = apportioned(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * weight / sum(weights)) <= MICRO_DOLLARS


def test_workers_are_summed_by_service_and_device() -> None:
    lives = [
        shift(100, 60, 10, 5), shift(50, 20, 0, 4, over=False), shift(7, 1, 1, 1, device="cpu"), shift(9, 0, 0, 0, service="scorer"),
    ]  # fmt: skip
    speech, laptop, language = by_worker(lives, PRICES)
    assert (speech.device, speech.shifts, speech.alive_seconds) == ("NVIDIA L4", 2, 150)
    assert (speech.attributed_seconds, speech.wasted_seconds) == (80, 15)
    assert (speech.open_seconds, speech.idle_seconds) == (4, 51)
    assert str(speech.idle_usd) == "0.01140133", "25 s and 26 s at 0.8048 dollars an hour, each rounded"
    assert (laptop.device, laptop.attributed_usd, laptop.idle_usd) == ("cpu", None, None)
    assert (language.service, language.idle_seconds) == ("scorer", 9)


@given(st.lists(st.tuples(*[st.integers(0, 10**6)] * 4), max_size=20))
def test_the_sum_of_the_parts_is_the_life(lives: list[tuple[int, int, int, int]]) -> None:
    shifts = [shift(sum(life), *life[:3], over=bool(life[0] % 2)) for life in lives]
    for one in by_worker(shifts, PRICES):
        parts = one.attributed_seconds + one.wasted_seconds + one.open_seconds + one.idle_seconds
        assert parts == pytest.approx(one.alive_seconds)
