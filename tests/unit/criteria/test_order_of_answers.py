"""The order in which a model writes its answer is the prompt's, also when the prompt comes out of a column that forgets order."""

from pathlib import Path
from typing import Any

from auricle_criteria import Bundle, Library
from auricle_judging.rendering import schema_for

PROMPTS = Path(__file__).parents[3] / "prompts"


def forgotten(node: Any) -> Any:
    """As jsonb keeps it: shorter names first, then by bytes."""
    if isinstance(node, list):
        return [forgotten(one) for one in node]
    if not isinstance(node, dict):
        return node
    names = sorted(node, key=lambda name: (len(name.encode()), name.encode()))
    return {name: forgotten(node[name]) for name in names}


def test_schemas_and_examples_come_out_of_a_recipe_as_they_stand_in_the_files() -> None:
    bundle = Bundle.of(Library.read(PROMPTS), "sales")
    kept = Bundle.kept(forgotten(bundle.body()))
    assert kept is not None
    for shipped, stored in zip(
        (*bundle.prompts, *bundle.flow_prompts), (*kept.prompts, *kept.flow_prompts), strict=True
    ):
        assert stored.hash == shipped.hash
        ours, theirs = (schema_for(one, ("T1",), bundle.scorecard.choices)["properties"] for one in (shipped, stored))
        assert list(theirs) == list(ours)
        assert [list(one.get("properties", {})) for one in theirs.values()] == [
            list(one.get("properties", {})) for one in ours.values()
        ]
        assert [list(one.answer) for one in stored.examples] == [list(one.answer) for one in shipped.examples]


def test_reasoning_is_written_first() -> None:
    evaluate = Library.read(PROMPTS).prompts["evaluate"]
    again = type(evaluate).model_validate(forgotten(evaluate.model_dump(by_alias=True, mode="json")))
    assert next(iter(again.answer_schema["properties"])) == "reasoning"
    assert all(next(iter(example.answer)) == "reasoning" for example in again.examples)
