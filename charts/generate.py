"""Makes values.schema.json (closed) and the tables of README.md of each chart from the models of `values`, and checks both fresh.

python charts/generate.py          writes
python charts/generate.py --check  exits 1 when a file is stale, or when values.yaml is not what the models say
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from values.auricle import Values
from values.karpenter import KarpenterValues
from values.keda import KedaValues

HERE = Path(__file__).parent
FOLDED = {"Service", "Resources"}
"""Models whose fields are told once, in README's own words."""
START, END = "<!-- values -->", "<!-- end of values -->"
CHARTS: dict[Path, type[BaseModel]] = {
    HERE / "auricle": Values,
    HERE.parent / "keda": KedaValues,
    HERE.parent / "karpenter": KarpenterValues,
}


def partial(node: Any) -> Any:
    """A schema of overrides: Helm merges the defaults, so nothing is required, and defaults stand in values.yaml alone."""
    if isinstance(node, dict):
        return {key: partial(value) for key, value in node.items() if key not in {"required", "default", "title"}}
    return [partial(one) for one in node] if isinstance(node, list) else node


def schema(model: type[BaseModel]) -> str:
    """values.schema.json."""
    made = partial(model.model_json_schema(by_alias=True))
    return (
        json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema"} | made, indent=1, sort_keys=True) + "\n"
    )


def rows(model: type[BaseModel], values: dict[str, Any], above: str = "") -> Iterator[str]:
    """One row a value: its way, its default, what it is."""
    for name, field in model.model_fields.items():
        key = field.alias or to_camel(name)
        inner = field.annotation
        if key == "global" or key not in values:
            continue
        if isinstance(inner, type) and issubclass(inner, BaseModel) and inner.__name__ not in FOLDED:
            yield from rows(inner, values[key], f"{above}{key}.")
        else:
            shown = (
                "see values.yaml" if isinstance(values[key], dict) and values[key] else f"`{json.dumps(values[key])}`"
            )
            yield f"| `{above}{key}` | {shown} | {field.description or inner.__doc__ or ''} |"


def page(model: type[BaseModel], values: dict[str, Any], old: str) -> str:
    """README.md with its table made anew."""
    table = "\n".join(["| value | default | |", "|---|---|---|", *rows(model, values)])
    before, _, rest = old.partition(START)
    return f"{before}{START}\n{table}\n{END}{rest.partition(END)[2]}"


def main() -> None:
    """Write, or check."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = []
    for chart, model in CHARTS.items():
        values = yaml.safe_load((chart / "values.yaml").read_text())
        model.model_validate(values)
        readme = chart / "README.md"
        made = {chart / "values.schema.json": schema(model), readme: page(model, values, readme.read_text())}
        stale += [path for path, text in made.items() if not path.exists() or path.read_text() != text]
        for path in [] if check else stale:
            path.write_text(made.get(path) or path.read_text())
    print("\n".join(f"{'stale' if check else 'wrote'}: {path}" for path in stale) or "fresh")
    sys.exit(1 if check and stale else 0)


if __name__ == "__main__":
    main()
