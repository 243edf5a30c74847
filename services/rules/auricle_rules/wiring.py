"""Settings into parts: rules read and checked against their own examples, so that a wrong rule never serves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from auricle_languages import Languages
from auricle_masking import Detector

from auricle_rules.answering import RuleSet
from auricle_rules.rulesets import RuleSets
from auricle_rules.settings import RulesSettings


@dataclass(frozen=True)
class Parts:
    """What the routes need."""

    rule_sets: RuleSets


@asynccontextmanager
async def wire(settings: RulesSettings) -> AsyncIterator[Parts]:
    """The parts. Raises `BadArtefact` for a rule that cannot be read or misses one of its examples."""
    languages = Languages.load(settings.prompts_dir)
    detector = Detector.load(settings.prompts_dir)
    rules = RuleSet.read(settings.prompts_dir / "rules", languages, detector, settings.min_heard_confidence)
    rules.check_examples()
    yield Parts(RuleSets(rules))
