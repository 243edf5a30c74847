"""How a subject of a comparison is named."""

from pathlib import Path

import pytest
from auricle_trainer.comparison.subjects import NoSubject, Subject, parse


def test_addresses_folders_models_and_prices(tmp_path: Path) -> None:
    (tmp_path / "serving.yaml").write_text("", "utf-8")
    assert parse("7b=http://vllm:8000/v1#qwen@2.5") == Subject("7b", "http://vllm:8000/v1", "qwen", 2.5)
    assert parse(f"mine={tmp_path}") == Subject("mine", str(tmp_path), "judge", None)
    assert parse(f"base={tmp_path}#judge-base") == Subject("base", str(tmp_path), "judge-base", None)


@pytest.mark.parametrize("told", ["", "mine", "mine=", "mine=nowhere", "a=http://x/v1@dear"])
def test_what_names_nothing_is_refused(told: str) -> None:
    with pytest.raises(NoSubject):
        parse(told)
