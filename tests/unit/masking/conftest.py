"""One detector for all tests: its dictionaries take a quarter of a second to load."""

from pathlib import Path

import pytest
from auricle_masking import Detector

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def detector() -> Detector:
    return Detector.load(ROOT / "prompts")
