"""Contrast of the page's colours, computed from its sheet: 4.5 to 1 for text, 3 to 1 for what bounds a field or a mark (WCAG 2.2)."""

import re
from itertools import product

import pytest
from auricle_console.assets import read, shelf

OURS = sorted(name for name in shelf() if name.endswith(".css") and ".min." not in name)
SHEET = "\n".join(read(name).decode() for name in ["tokens.css", *OURS])
PAPERS = ("paper", "card", "sunk")
TEXTS = ("ink", "soft", "faint", "accent", "agent", "customer", "best", "good", "middling", "poor", "bad")
TINTED = (*((name, f"{name}-tint") for name in ("best", "good", "middling", "poor", "bad", "accent", "customer")),
          ("ink", "mark"), ("ink", "mark-strong"), ("accent-ink", "accent"), ("faint", "accent-tint"), ("soft", "accent-tint"))  # fmt: skip


def colours(dark: bool) -> dict[str, str]:
    """The names of one scheme; the dark one renames some of the light ones."""
    light, night = re.findall(r":root {(.*?)}", SHEET, re.DOTALL)[:2]
    named = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    return named | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", night)) if dark else named


def luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def below(least: float, pairs: list[tuple[str, str]], named: dict[str, str]) -> dict[tuple[str, str], float]:
    found = {pair: round(contrast(named[pair[0]], named[pair[1]]), 2) for pair in pairs}
    return {pair: ratio for pair, ratio in found.items() if ratio < least}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_is_readable_on_whatever_it_stands(dark: bool) -> None:
    assert below(4.5, [*product(TEXTS, PAPERS), *TINTED], colours(dark)) == {}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_fields_and_marks_are_seen(dark: bool) -> None:
    assert below(3.0, [*product(("field", "unknown"), PAPERS)], colours(dark)) == {}


def test_nothing_is_made_paler_than_its_colour() -> None:
    """Half-transparent text has a contrast that no colour says; what cannot be pressed now is excepted, as WCAG excepts it."""
    rules = re.findall(r"([^{}]*){([^{}]*)}", SHEET)
    faded = {selector.strip() for selector, body in rules if re.search(r"\bopacity: 0\.\d", body)}
    assert faded == {".logo .waves", "50%", ".wave .rise", "[aria-disabled=true]"}


def test_sizes_of_type_are_the_tokens() -> None:
    """Six sizes and no other; `font` shorthands are our elements' base and what inherits."""
    tokens = dict(re.findall(r"--text-(\d+): ([\d.]+)rem", SHEET))
    assert {int(name): float(size) * 16 for name, size in tokens.items()} == {
        one: one for one in (12, 13, 14, 16, 20, 28)
    }
    assert set(re.findall(r"font-size: ([^;}]+)", SHEET)) == {f"var(--text-{name})" for name in tokens}


def test_the_measure_knows_its_ends() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert below(4.5, [("a", "b")], {"a": "#8c959b", "b": "#ffffff"}) == {("a", "b"): 3.05}
