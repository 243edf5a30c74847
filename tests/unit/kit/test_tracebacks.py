"""What people said does not reach a log through an exception either, by whatever way the exception gets there."""

import asyncio
import json
import logging
from collections.abc import Callable

import pytest
from auricle_contracts.masking import Secrets
from auricle_kit import log
from pydantic import TypeAdapter

SECRETS = {
    "phone": "8 912 345-67-89", "spoken": "восемь девятьсот двенадцать", "card": "4276 1234 5678 9014", "email": "olga.k@mail.ru",
    "passport": "4510 123456", "snils": "112-233-445 95", "inn": "500100732259", "address": "улица ленина дом пять",
    "name": "ольга викторовна",
}  # fmt: skip


def by_pydantic(secret: str) -> None:
    Secrets.model_validate({"language": "ru", "secrets": secret})


def by_a_cause(secret: str) -> None:
    try:
        dict[str, str]()[secret]
    except KeyError as error:
        raise RuntimeError(secret) from error


def in_a_group(secret: str) -> None:
    raise ExceptionGroup(secret, [ValueError(secret), KeyError(secret)])


def by_a_note(secret: str) -> None:
    error = TypeError(secret)
    error.add_note(secret)
    raise error


WAYS = [by_pydantic, by_a_cause, in_a_group, by_a_note]


def written(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("way", WAYS)
def test_no_words_of_an_exception_are_logged(
    way: Callable[[str], None], secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure("test")
    plant = secret[:7]  # pydantic shortens what it quotes
    with pytest.raises(Exception) as caught:
        way(secret)
    assert plant in repr((caught.value, caught.value.__cause__, getattr(caught.value, "__notes__", ()))), (
        "it can be found"
    )
    log.get("x").error("it_failed", exc_info=caught.value)
    logging.getLogger("foreign").error("it failed", exc_info=caught.value)
    try:
        way(secret)
    except Exception:
        log.get("x").exception("it_failed", run_id="r1")
        logging.getLogger("foreign").exception("it failed")
    lines = written(capsys)
    assert plant not in lines
    assert len(lines.splitlines()) == 4
    for line in lines.splitlines():
        told = json.loads(line)["exception"]
        assert way.__name__ in told, "frames are told"
        assert "Error" in told or "Group" in told, "types are told"


def test_what_asyncio_says_of_a_lost_task_has_no_words(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("test")

    async def lose() -> None:
        task = asyncio.create_task(_failing())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task

    asyncio.run(lose())
    lines = written(capsys)
    assert "Task exception was never retrieved" in lines
    assert SECRETS["phone"][:7] not in lines


async def _failing() -> None:
    TypeAdapter(int).validate_python(SECRETS["phone"])


def test_the_systems_own_words_stay_and_the_first_cause_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("test")
    try:
        try:
            raise ConnectionRefusedError(111, "Connection refused")
        except OSError as error:
            raise RuntimeError("words") from error
    except RuntimeError:
        log.get("x").exception("it_failed")
    told = json.loads(written(capsys))["exception"]
    assert told.index("Connection refused") < told.index("RuntimeError")
    assert "words" not in told.rpartition("RuntimeError")[2]
