"""Money is applied at reading, exactly, and only where there is a price."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from auricle_contracts import Step, Usage
from auricle_gateway.costs.prices import PriceBook, total
from auricle_kit.errors import InvalidRequest

SHIPPED = Path(__file__).parents[3] / "prompts" / "prices"
OLD = "dated: 2025-01-01\nnote: x\ndevices:\n  - {device: NVIDIA L4, usd_per_hour: '7.2', source: x}\n"


def usage(device: str, seconds: float) -> Usage:
    return Usage(step=Step.EVALUATE, part="judge", device=device, seconds=seconds)


def amount(device: str, seconds: float) -> Decimal | None:
    (line,) = PriceBook.read(SHIPPED).cost([usage(device, seconds)], date(2026, 11, 20))
    return line.amount_usd


def test_an_hour_costs_the_hours_price() -> None:
    assert amount("NVIDIA L4", 3600) == Decimal("0.8048")
    assert amount("NVIDIA L4", 0.1) == Decimal("0.00002236")


def test_a_laptop_has_no_price() -> None:
    assert amount("cpu", 100) is None
    assert amount("", 100) is None


@pytest.mark.parametrize(
    ("device", "hour"),
    [("NVIDIA L40S", "1.861"), ("nvidia l4", "0.8048"), ("Tesla T4", "0.526"), ("NVIDIA A10G-24Q", "1.006")],
)
def test_the_longest_name_wins(device: str, hour: str) -> None:
    assert amount(device, 3600) == Decimal(hour)


def test_a_result_keeps_the_prices_of_its_day(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(OLD)
    (tmp_path / "b.yaml").write_text(OLD.replace("2025", "2026").replace("7.2", "3.6"))
    book = PriceBook.read(tmp_path)
    for day, wanted in ((date(2024, 1, 1), "7.2"), (date(2025, 6, 1), "7.2"), (date(2026, 1, 1), "3.6")):
        (line,) = book.cost([usage("NVIDIA L4", 3600)], day)
        assert line.amount_usd == Decimal(wanted)
    assert line.prices_dated == date(2026, 1, 1)


def test_a_sum_of_nothing_priced_is_no_amount() -> None:
    book = PriceBook.read(SHIPPED)
    assert total(book.cost([usage("cpu", 5)], date(2026, 11, 20))) is None
    assert total(book.cost([usage("cpu", 5), usage("Tesla T4", 3600)], date(2026, 11, 20))) == Decimal("0.526")


@pytest.mark.parametrize("bad", ["", "dated: x", OLD.replace("'7.2'", "-1"), "[" * 9, OLD + "extra: 1\n"])
def test_a_wrong_file_is_named(tmp_path: Path, bad: str) -> None:
    (tmp_path / "wrong.yaml").write_text(bad)
    with pytest.raises(InvalidRequest, match=r"wrong\.yaml"):
        PriceBook.read(tmp_path)


def test_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest):
        PriceBook.read(tmp_path)
