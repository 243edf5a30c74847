"""Written turns as they are said."""

from __future__ import annotations

import pytest
from auricle_samples.voice.spoken import spoken_sentences


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Добрый день! Чем могу помочь?", ["добрый день", "чем могу помочь"]),
        ("Ну, это как-то дорого…", ["ну это как-то дорого"]),
        ("Я — оператор.", ["я оператор"]),
        ("...", []),
        ("", []),
        ("🙂 Да", ["да"]),
        ("Договор 12", ["договор"]),
    ],
)
def test_only_words_remain(written: str, said: list[str]) -> None:
    assert spoken_sentences(written) == said
