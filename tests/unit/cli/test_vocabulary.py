"""`auricle vocabulary` against a scripted gateway: terms are read from a file, added behind, taken out whatever their case."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_cli.app import app
from typer.testing import CliRunner


class Vocabulary:
    """Keeps the terms as the gateway does."""

    def __init__(self) -> None:
        self.terms = ["SberPay", "Аурикл"]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/v1/vocabulary"
        if request.method == "PUT":
            self.terms = json.loads(request.content)["terms"]
        return httpx.Response(200, json={"terms": self.terms, "chosen_by": None, "chosen_at": None})


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Vocabulary:
    kept = Vocabulary()
    real = httpx.Client

    def scripted(**kwargs: Any) -> httpx.Client:
        return real(**kwargs | {"transport": httpx.MockTransport(kept)})

    monkeypatch.setattr("auricle_cli.gateway.httpx.Client", scripted)
    return kept


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["vocabulary", *arguments, "--key", "k"])
    return done.exit_code, done.stdout


def test_terms_are_listed_in_their_order(kept: Vocabulary) -> None:
    assert run("list") == (0, "SberPay\nАурикл\n")
    assert json.loads(run("list", "--json")[1])["terms"] == kept.terms


def test_a_file_replaces_them(kept: Vocabulary, tmp_path: Path) -> None:
    file = tmp_path / "terms.txt"
    file.write_text("\ufeff# ours\nОСАГО Плюс\n\n  Тагир Юнусов  \n", encoding="utf-8")
    assert run("set", str(file))[0] == 0
    assert kept.terms == ["ОСАГО Плюс", "Тагир Юнусов"]


def test_terms_are_added_behind_and_taken_out_whatever_their_case(kept: Vocabulary) -> None:
    assert run("add", "Тагир", "МТ-Банк")[0] == 0
    assert run("remove", "АУРИКЛ")[0] == 0
    assert kept.terms == ["SberPay", "Тагир", "МТ-Банк"]


def test_what_is_not_there_cannot_be_taken_out(kept: Vocabulary) -> None:
    assert run("remove", "Ромашка")[0] != 0
    assert kept.terms == ["SberPay", "Аурикл"]


def test_a_file_that_is_no_text_is_told(kept: Vocabulary, tmp_path: Path) -> None:
    (tmp_path / "terms.bin").write_bytes(b"\xff\xfe\x00")
    assert run("set", str(tmp_path / "terms.bin"))[0] != 0
    assert kept.terms == ["SberPay", "Аурикл"]
