"""What a judge is asked with: the settings of its process, and what each class and criterion means."""

from collections.abc import Mapping

from auricle_contracts.golden import GoldenKind
from auricle_criteria import Bundle

from auricle_cli.options import root


def meanings(bundle: Bundle) -> Mapping[tuple[GoldenKind, str], str]:
    """What each class and criterion means, in the words of prompts."""
    classes = {(GoldenKind.ERROR_CLASS, one.id): f"{one.title.ru}: {one.definition.ru}" for one in bundle.classes}
    return classes | {(GoldenKind.CRITERION, one.id): one.title.ru for one in bundle.scorecard.criteria}


def judge_settings(model_url: str, model_name: str, model_weights: str) -> dict[str, str]:
    """The settings of the process that asks a judge."""
    told = {"AURICLE_MODEL_URL": model_url, "AURICLE_MODEL_NAME": model_name, "AURICLE_MODEL_WEIGHTS": model_weights}
    return told | {"AURICLE_PROMPTS_DIR": str(root() / "prompts")}
