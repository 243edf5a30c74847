"""Which model names exist and what each means: `serving.yaml` beside the weights. For example:

    base: base.gguf
    demo_weights: true
    models:
      judge: {adapter: adapter.gguf, reasoning: none}
      judge-base: {}

`reasoning: none` is said of an adapter that was taught to answer without writing why first; the scorer asks it so. Without it: `short`.
`demo_weights` travels through `/v1/models` into every report. `chat_template` names a Jinja file beside the weights, for a base whose
GGUF brings none: without it llama.cpp falls back to ChatML, whose marks such a base has never seen.

    adapters/<name>/adapter.gguf     laid beside the manifest by `auricle train publish`, also while the server runs: a model of that name
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import yaml
from auricle_contracts.contract import Contract
from auricle_contracts.judges import Reasoning
from pydantic import Field, StringConstraints, ValidationError

from auricle_llm.errors import WeightsMissing

MANIFEST = "serving.yaml"
PUBLISHED, PUBLISHED_FILE = "adapters", "adapter.gguf"
FileName = Annotated[
    str, StringConstraints(pattern=r"^(adapters/[a-z0-9][a-z0-9_-]*/)?[A-Za-z0-9][A-Za-z0-9_.-]*\.gguf$")
]
TemplateName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*\.jinja$")]


_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*", re.ASCII)


class Variant(Contract):
    """The base with one adapter at a scale, or the base alone."""

    adapter: FileName | None = None
    scale: Annotated[float, Field(ge=0, le=4)] = 1.0
    reasoning: Reasoning = Reasoning.SHORT


class Serving(Contract):
    """The manifest. The first model is the one that a request without a name gets."""

    base: FileName
    demo_weights: bool = False
    chat_template: TemplateName | None = None
    models: Annotated[dict[str, Variant], Field(min_length=1)]

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that the manifest names."""
        return (self.base, *self.adapters, *([self.chat_template] if self.chat_template else []))

    @property
    def adapters(self) -> tuple[str, ...]:
        """Adapter files, each once; an adapter's place is the id that llama.cpp knows it by."""
        return tuple(dict.fromkeys(variant.adapter for variant in self.models.values() if variant.adapter))

    def scales(self, name: str) -> list[Mapping[str, float]] | None:
        """llama.cpp's `lora` field for a model name: every adapter with its scale there, 0 where it is off. None: no such name."""
        if name not in self.models:
            return None
        chosen = self.models[name]
        return [
            {"id": n, "scale": chosen.scale if file == chosen.adapter else 0.0} for n, file in enumerate(self.adapters)
        ]


def weights_of(folder: Path, serving: Serving) -> dict[str, str]:
    """First 16 hex digits over base, adapter and how it is asked, for each model name: what a recipe may pin."""
    sums = {name: _sha256(folder / name) for name in (serving.base, *serving.adapters)}
    return {
        name: hashlib.sha256(
            f"{sums[serving.base]} {sums.get(one.adapter or '', '')} {one.scale}{_asked(one)}".encode()
        ).hexdigest()[:16]
        for name, one in serving.models.items()
    }


def _asked(variant: Variant) -> str:
    """Nothing for what all weights were before there was another way, so that their hashes stay."""
    return "" if variant.reasoning is Reasoning.SHORT else f" reasoning={variant.reasoning.value}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def published(folder: Path) -> dict[str, Variant]:
    """Adapters beside the manifest, by name; a folder that is still being written has no `adapter.gguf` yet."""
    found = sorted((folder / PUBLISHED).glob(f"*/{PUBLISHED_FILE}"))
    return {
        path.parent.name: Variant(adapter=f"{PUBLISHED}/{path.parent.name}/{PUBLISHED_FILE}")
        for path in found
        if _NAME.fullmatch(path.parent.name)
    }


def read(folder: Path) -> Serving:
    """The manifest of a folder of weights and what was published beside it; every file that is named is there. WeightsMissing otherwise."""
    try:
        raw = yaml.load((folder / MANIFEST).read_text(encoding="utf-8"), yaml.CSafeLoader)
        serving = Serving.model_validate(raw)
    except OSError:
        raise WeightsMissing(f"there is no {MANIFEST} in {folder.name}", action="set AURICLE_JUDGE_DIR") from None
    except (yaml.YAMLError, ValidationError) as error:
        raise WeightsMissing(f"{MANIFEST} does not say what to serve: {str(error).splitlines()[0]}") from None
    missing = [name for name in serving.files if not (folder / name).is_file()]
    if missing:
        raise WeightsMissing(f"{MANIFEST} names files that are not there: {', '.join(missing)}")
    return serving.model_copy(
        update={
            "models": serving.models
            | {name: one for name, one in published(folder).items() if name not in serving.models}
        }
    )
