"""A typo in any value is refused, by Helm itself, before anything is installed."""

import json
from pathlib import Path

import pytest
from manifests.values import accepted_misspellings, accepted_types, keys, loaded, refused


def test_no_key_may_be_misspelt(chart: Path) -> None:
    with loaded(chart) as one:
        assert len(list(keys(one.merge_values({})))) > 100
        assert accepted_misspellings(one) == []


def test_no_key_takes_what_it_cannot_be(chart: Path) -> None:
    with loaded(chart) as one:
        assert accepted_types(one) == []


@pytest.mark.parametrize(
    "values", [{"karpenter": {"speech": {"gpus": "many"}}}, {"karpenter": {"speech": {"gpus": -1}}}]
)
def test_a_subchart_is_closed_too(chart: Path, values: dict[str, object]) -> None:
    with loaded(chart) as one:
        assert refused(one, values)


def test_an_open_schema_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "Chart.yaml").write_text("{apiVersion: v2, name: open, version: 0.1.0}")
    (tmp_path / "values.yaml").write_text("{closed: {known: 1}, open: {known: 1}}")
    closed = {"type": "object", "additionalProperties": False, "properties": {"known": {"type": "integer"}}}
    schema = {"additionalProperties": False, "properties": {"closed": closed, "open": {"type": ["object", "array"]}}}
    (tmp_path / "values.schema.json").write_text(json.dumps(schema))
    with loaded(tmp_path) as one:
        assert accepted_misspellings(one) == ["open.known"]
        assert accepted_types(one) == ["open", "open.known"]
