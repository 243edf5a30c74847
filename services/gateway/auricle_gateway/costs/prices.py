"""Money, applied at reading: the ledger keeps seconds and tokens, a dated file in prompts/prices/ turns them into dollars.

A device that the file does not name has no price: a laptop's seconds cost `None`, not zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import yaml
from auricle_contracts import Contract, CostLine, Usage
from auricle_kit.errors import InvalidRequest
from pydantic import Field, ValidationError

SECONDS_PER_HOUR = Decimal(3600)
MICRO_DOLLARS = Decimal("0.00000001")


class DevicePrice(Contract):
    """What a second of a device costs, and who says so. `device` is compared without case, at the beginning of the ledger's name."""

    device: str
    usd_per_hour: Annotated[Decimal, Field(ge=0)]
    source: str


class PriceFile(Contract):
    """The prices from a day on."""

    dated: date
    note: str
    devices: tuple[DevicePrice, ...]

    def price_of(self, device: str) -> DevicePrice | None:
        """The longest entry that begins the device's name, so that "NVIDIA L40S" is not priced as an L4."""
        name = device.casefold()
        fitting = [price for price in self.devices if _begins(name, price.device.casefold())]
        return max(fitting, key=lambda price: len(price.device), default=None)

    def apply(self, usage: Usage) -> CostLine:
        """Seconds times price, rounded to 1e-8 dollars; None without a price."""
        amount = self.amount(usage.device, Decimal(repr(usage.seconds)))
        return CostLine(usage=usage, amount_usd=amount, prices_dated=self.dated)

    def amount(self, device: str, seconds: Decimal) -> Decimal | None:
        """What so many seconds of a device cost; None without a price."""
        price = self.price_of(device)
        return None if price is None else (seconds * price.usd_per_hour / SECONDS_PER_HOUR).quantize(MICRO_DOLLARS)


def _begins(name: str, beginning: str) -> bool:
    return name == beginning or name.startswith((beginning + " ", beginning + "-"))


@dataclass(frozen=True)
class PriceBook:
    """Every price file, oldest first."""

    files: tuple[PriceFile, ...]

    @classmethod
    def read(cls, folder: Path) -> "PriceBook":
        """All `*.yaml` of a folder. Raises InvalidRequest naming the file that is wrong, or when there is none."""
        files = sorted((_parse(path) for path in sorted(folder.glob("*.yaml"))), key=lambda file: file.dated)
        if not files:
            raise InvalidRequest(f"no price file in {folder.name}/", action="Set AURICLE_PROMPTS_DIR.")
        return cls(tuple(files))

    def on(self, day: date) -> PriceFile:
        """The newest file that is not newer than the day; the oldest when all are."""
        valid = [file for file in self.files if file.dated <= day]
        return valid[-1] if valid else self.files[0]

    def cost(self, usages: Iterable[Usage], day: date) -> tuple[CostLine, ...]:
        """Each usage with the prices of the day."""
        prices = self.on(day)
        return tuple(prices.apply(usage) for usage in usages)


def total(costs: Iterable[CostLine]) -> Decimal | None:
    """The sum of what has a price; None when nothing has."""
    amounts = [cost.amount_usd for cost in costs if cost.amount_usd is not None]
    return sum(amounts, Decimal(0)) if amounts else None


def _parse(path: Path) -> PriceFile:
    try:
        return PriceFile.model_validate(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))
    except (yaml.YAMLError, ValidationError) as error:
        raise InvalidRequest(f"price file {path.name}: {error}") from None
