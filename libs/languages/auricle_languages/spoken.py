"""A spoken number as it grows, word by word: "две" "тысячи" "пятьсот" is 2500, "двенадцать" "девятьсот" is 12,900."""

from dataclasses import dataclass
from decimal import Decimal

HUNDRED, THOUSAND, MILLION = 100, 1_000, 1_000_000


@dataclass
class Spoken:
    """`current` waits for its scale; `previous` is the last word's value; `shortened`: a word for thousand was left out."""

    total: Decimal = Decimal(0)
    current: Decimal = Decimal(0)
    previous: Decimal | None = None
    scaled: bool = False
    last_scale: Decimal = Decimal(1)
    shortened: bool = False

    @property
    def begun(self) -> bool:
        return self.previous is not None

    @property
    def is_open(self) -> bool:
        """Whether a scale of a thousand and more was the last word."""
        return self.previous is not None and self.previous >= THOUSAND and not self.current

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
        if value != value.to_integral():
            return False
        if previous >= THOUSAND:
            return 0 < value < previous
        if previous >= HUNDRED:
            return 0 < value < HUNDRED
        return (0 < value < 10 and previous >= 20) or self._implies_thousands(value)

    def _implies_thousands(self, value: Decimal) -> bool:
        """As in "двенадцать девятьсот"; "сто двадцать сто тридцать" are two numbers that are near each other."""
        if self.total or not HUNDRED <= value < THOUSAND or not 0 < self.current < THOUSAND:
            return False
        return self.current < HUNDRED or not 0 <= value // HUNDRED - self.current // HUNDRED <= 1

    def add(self, value: Decimal) -> None:
        """One more word: "две пятьсот" before money is 2,500 in speech and is read so."""
        if self.begun and self._implies_thousands(value):
            self.current *= THOUSAND
            self.shortened = True
        self.current, self.previous = self.current + value, value

    def scale(self, scale: Decimal) -> None:
        """A hundred multiplies what waits, a thousand and more closes it: "two hundred thousand" is 200,000."""
        scaled = (self.current or 1) * scale
        self.total, self.current = (self.total, scaled) if scale < THOUSAND else (self.total + scaled, Decimal(0))
        self.previous, self.scaled, self.last_scale = scale, True, scale

    def expand(self) -> None:
        """As in "три миллиона двести": what follows a million without a scale of its own are thousands."""
        if self.last_scale == MILLION and HUNDRED <= self.current < THOUSAND:
            self.current *= THOUSAND
