"""The manifest beside the weights: model names become adapter scales, and what is wrong with it is said before anything loads."""

from pathlib import Path

import httpx
import pytest
from auricle_contracts.judges import Reasoning
from auricle_llm import engine
from auricle_llm.errors import WeightsMissing
from auricle_llm.serving import Serving, Variant, read, weights_of
from auricle_llm.settings import Settings

GOOD = """
base: base.gguf
demo_weights: true
models:
  judge: {adapter: a.gguf}
  gentle: {adapter: a.gguf, scale: 0.5}
  other: {adapter: b.gguf}
  judge-base: {}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose files exist; nothing in these tests opens them."""
    for name in ("base.gguf", "a.gguf", "b.gguf"):
        (tmp_path / name).touch()
    (tmp_path / "serving.yaml").write_text(GOOD)
    return tmp_path


def test_a_name_is_every_adapter_with_its_scale(folder: Path) -> None:
    serving = read(folder)
    assert serving.demo_weights
    assert serving.adapters == ("a.gguf", "b.gguf")
    assert serving.scales("judge") == [{"id": 0, "scale": 1.0}, {"id": 1, "scale": 0.0}]
    assert serving.scales("gentle") == [{"id": 0, "scale": 0.5}, {"id": 1, "scale": 0.0}]
    assert serving.scales("other") == [{"id": 0, "scale": 0.0}, {"id": 1, "scale": 1.0}]
    assert serving.scales("judge-base") == [{"id": 0, "scale": 0.0}, {"id": 1, "scale": 0.0}]
    assert serving.scales("nobody") is None


def test_how_an_adapter_is_asked_is_told_and_belongs_to_its_hash(folder: Path) -> None:
    before = read(folder)
    assert {one.reasoning for one in before.models.values()} == {Reasoning.SHORT}
    manifest = folder / "serving.yaml"
    manifest.write_text(GOOD.replace("judge: {adapter: a.gguf}", "judge: {adapter: a.gguf, reasoning: none}"))
    after = read(folder)
    assert after.models["judge"].reasoning is Reasoning.NONE
    assert after.models["gentle"].reasoning is Reasoning.SHORT
    old, new = weights_of(folder, before), weights_of(folder, after)
    assert {name for name in old if old[name] != new[name]} == {"judge"}


def test_a_base_without_adapters_is_enough() -> None:
    assert Serving(base="x.gguf", models={"judge": Variant()}).scales("judge") == []


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (None, "there is no serving.yaml"),
        ("", "does not say what to serve"),
        ("base: [", "does not say what to serve"),
        ("base: base.gguf\nmodels: {}", "does not say what to serve"),
        ("base: ../secret.gguf\nmodels: {judge: {}}", "does not say what to serve"),
        ("base: /etc/passwd\nmodels: {judge: {}}", "does not say what to serve"),
        ("base: base.gguf\nmodels: {judge: {adapter: gone.gguf}}", r"not there: gone\.gguf"),
        ("base: base.gguf\nmodels: {judge: {adaptor: a.gguf}}", "does not say what to serve"),
        ("base: base.gguf\nmodels: {judge: {adapter: a.gguf, reasoning: long}}", "does not say what to serve"),
        ("base: base.gguf\nchat_template: gone.jinja\nmodels: {judge: {}}", r"not there: gone\.jinja"),
        ("base: base.gguf\nchat_template: ../x.jinja\nmodels: {judge: {}}", "does not say what to serve"),
    ],
)
def test_what_is_wrong_is_said(folder: Path, manifest: str | None, said: str) -> None:
    path = folder / "serving.yaml"
    path.unlink() if manifest is None else path.write_text(manifest)
    with pytest.raises(WeightsMissing, match=said):
        read(folder)


def test_a_file_that_is_no_model_stops_the_start(folder: Path) -> None:
    (folder / "base.gguf").write_bytes(b"GGUF" + b"\xff" * 64)
    with pytest.raises(WeightsMissing, match="does not load"), engine.running(folder, read(folder), Settings()):
        pass


def test_a_base_is_asked_in_the_chat_template_beside_it(tmp_path: Path) -> None:
    (tmp_path / "base.gguf").symlink_to(Path(__file__).parents[3] / "models" / "judge" / "base.gguf")
    (tmp_path / "turns.jinja").write_text("{% for one in messages %}<{{ one.role }}> {{ one.content }}{% endfor %}")
    (tmp_path / "serving.yaml").write_text("base: base.gguf\nchat_template: turns.jinja\nmodels: {judge: {}}")
    messages = [{"role": "system", "content": "Данные."}, {"role": "user", "content": "Вопрос?"}]
    with engine.running(tmp_path, read(tmp_path), Settings()) as address:
        said = httpx.post(f"{address}/apply-template", json={"messages": messages}, timeout=30, trust_env=False)
    assert said.json()["prompt"] == "<system> Данные.<user> Вопрос?"
