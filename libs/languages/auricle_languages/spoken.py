"""A spoken number as it grows, word by word: "две" "тысячи" "пятьсот" is 2500, "двенадцать" "девятьсот" is 12,900."""

from dataclasses import dataclass
from decimal import Decimal

HUNDRED, THOUSAND = 100, 1_000


@dataclass
class Spoken:
    """`current` waits for its scale; `previous` is the last word's value."""

    total: Decimal = Decimal(0)
    current: Decimal = Decimal(0)
    previous: Decimal | None = None
    scaled: bool = False
    last_scale: Decimal = Decimal(1)

    @property
    def begun(self) -> bool:
        return self.previous is not None

    @property
    def value(self) -> Decimal:
        return self.total + self.current

    def take(self, value: Decimal) -> bool:
        """Add the value if it continues this number."""
        fits = self._continues(value)
        if fits:
            self.add(value)
        return fits

    def _continues(self, value: Decimal) -> bool:
        """Whatever is less than a scale, tens after hundreds, units after tens, hundreds after what must be thousands."""
        previous = self.previous
        if previous is None:
            return True
        if previous >= THOUSAND:
            return 0 < value < previous
        if previous >= HUNDRED:
            return 0 < value < HUNDRED
        return (0 < value < 10 and previous >= 20) or self._implies_thousands(value)

    def _implies_thousands(self, value: Decimal) -> bool:
        return not self.total and HUNDRED <= value < THOUSAND and 0 < self.current < HUNDRED

    def add(self, value: Decimal) -> None:
        """One more word: "две пятьсот" before money is 2,500 in speech and is read so."""
        if self.begun and self._implies_thousands(value):
            self.current *= THOUSAND
        self.current, self.previous = self.current + value, value

    def scale(self, scale: Decimal) -> None:
        """A hundred multiplies what waits, a thousand and more closes it: "two hundred thousand" is 200,000."""
        scaled = (self.current or 1) * scale
        self.total, self.current = (self.total, scaled) if scale < THOUSAND else (self.total + scaled, Decimal(0))
        self.previous, self.scaled, self.last_scale = scale, True, scale

    def add_half(self) -> None:
        self.current += Decimal("0.5")

    def take_tenths(self, digit: Decimal | None) -> bool:
        """As in "nine point five"."""
        fits = digit is not None and digit < 10
        if fits and digit is not None:
            self.current += digit / 10
        return fits
