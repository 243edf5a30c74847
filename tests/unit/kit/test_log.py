"""Logs hold ids and facts, never content, whoever writes them."""

import json
import logging

import pytest
from auricle_kit import log


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]


def test_content_fields_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("test")
    log.get("x").info("turn_seen", text="мой номер 89161234567", run="r1")
    (line,) = lines(capsys)
    assert line["text"] == log.REFUSED
    assert line["run"] == "r1"
    assert line["service"] == "test"


def test_strict_mode_raises() -> None:
    log.configure("test", strict=True)
    with pytest.raises(log.ContentInLog, match="transcript"):
        log.get("x").info("turn_seen", transcript="…")
    log.configure("test")


def test_foreign_loggers_use_the_same_formatter(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("test")
    logging.getLogger("somebody.else").warning("they say %s", "hello")
    (line,) = lines(capsys)
    assert line["event"] == "they say hello"
    assert line["level"] == "warning"
