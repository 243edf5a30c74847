"""What serves beside what is pinned: the same passes, another is waited for a minute after it was first seen, then refused."""

import pytest
from auricle_contracts import Recipe
from auricle_scorer.errors import RecipePending, RecipeUnavailable
from auricle_scorer.pinned_recipe import WAIT_S, RecipeCheck

RECIPE = Recipe(
    scorecard="s@1", flow="f@1", language_model="judge", speech_model="w", rules="rules@1", compressor="compression-2/1"
)


class Clock:
    """Seconds that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_same_versions_pass() -> None:
    check = RecipeCheck(Clock())
    check.model(RECIPE, "judge", None)
    check.model(RECIPE.model_copy(update={"weights": "w1"}), "judge", "w1")
    check.rules(RECIPE, "rules@1")
    check.compressor(RECIPE, "compression-2/1+condense@9/judge")
    check.compressor(RECIPE.model_copy(update={"compressor": None}), "whatever")


@pytest.mark.parametrize("weights", ["w2", None])
def test_other_weights_or_untold_ones_are_not_the_pinned_ones(weights: str | None) -> None:
    with pytest.raises(RecipePending, match="weights w1"):
        RecipeCheck(Clock()).model(RECIPE.model_copy(update={"weights": "w1"}), "judge", weights)


def test_another_version_is_waited_for_and_then_refused() -> None:
    clock = Clock()
    check = RecipeCheck(clock)
    with pytest.raises(RecipePending):
        check.rules(RECIPE, "rules@2")
    clock.now += WAIT_S - 1
    with pytest.raises(RecipePending):
        check.rules(RECIPE, "rules@2")
    with pytest.raises(RecipePending):
        check.rules(RECIPE, "rules@3")
    clock.now += 1
    with pytest.raises(RecipeUnavailable, match="pins rules rules@1, rules@2 serves"):
        check.rules(RECIPE, "rules@2")
