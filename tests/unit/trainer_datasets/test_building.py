"""A data set from the shipped workbook: the same bytes twice, masked, split by agent, with the ceiling and what cleaning found."""

import json
from pathlib import Path

import pytest
from auricle_contracts.golden import GoldenSplit
from auricle_trainer.datasets import building, folder, reading, sample_workbook
from auricle_trainer.datasets.building import Wanted
from auricle_trainer.datasets.examples import teachable
from auricle_trainer.datasets.reading import Unreadable

ROOT = Path(__file__).parents[3]
WORKBOOK, COLUMNS = ROOT / "docs/training/conversations.xlsx", ROOT / "docs/training/columns.yaml"
PHONE = "+7 912 345-67-89"


def line(reference: str, text: str, *labels: dict[str, object], **more: object) -> str:
    turns = [{"role": "customer", "text": "Где заказ?"}, {"role": "agent", "text": text}]
    told = {"reference": reference, "channel": "chat", "language": "ru", "agent": "17", "turns": turns} | more
    return json.dumps(told | {"labels": list(labels)}, ensure_ascii=False)


def polite(value: object, by: str = "Анна", **more: object) -> dict[str, object]:
    told = {"kind": "criterion", "subject": "politeness", "state": "answered", "value": value, "decided_by": by}
    return told | {"places": [{"turn": 2, "text": "ждите"}]} | more


def built(tmp_path: Path, *lines: str) -> tuple[dict[str, object], Path]:
    source, out = tmp_path / "labels.jsonl", tmp_path / "data"
    source.write_text("\n".join(lines), "utf-8")
    return building.build(Wanted((source,), None, ROOT / "prompts"), out), out


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    out = tmp_path_factory.mktemp("data")
    return out, building.build(Wanted((WORKBOOK,), COLUMNS, ROOT / "prompts"), out)


def test_the_shipped_workbook_is_what_its_generator_writes() -> None:
    read = reading.read(WORKBOOK, COLUMNS)
    rows = list(sample_workbook.rows())
    assert len(read) == sample_workbook.COUNT == 300
    assert all(one.dialogue is not None for one in read)
    first = read[0].dialogue
    assert first is not None
    assert first.reference == rows[0][0]
    assert [f"{turn.text}" for turn in first.turns] == [said.split(": ", 1)[1] for said in str(rows[0][4]).splitlines()]


def test_the_same_workbook_gives_the_same_bytes(shipped: tuple[Path, dict[str, object]], tmp_path: Path) -> None:
    out, card = shipped
    again = building.build(Wanted((WORKBOOK,), COLUMNS, ROOT / "prompts"), tmp_path)
    assert again["hash"] == card["hash"]
    for path in sorted(out.iterdir()):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_no_agent_and_week_of_the_test_split_is_trained_on(shipped: tuple[Path, dict[str, object]]) -> None:
    out, _ = shipped
    splits = {split: folder.split(out, split) for split in GoldenSplit}
    assert all(splits.values())
    weeks = {
        split: {(one.agent, one.started_at.isocalendar()[:2]) for one in some if one.started_at}
        for split, some in splits.items()
    }
    assert not weeks[GoldenSplit.TRAIN] & weeks[GoldenSplit.TEST]
    assert not {one.id for one in splits[GoldenSplit.TRAIN]} & {one.id for one in splits[GoldenSplit.TEST]}


def test_every_conversation_of_the_workbook_teaches_and_people_have_a_ceiling(
    shipped: tuple[Path, dict[str, object]],
) -> None:
    out, card = shipped
    train = folder.split(out, GoldenSplit.TRAIN)
    assert sum("evaluate" in teachable(one).prompts for one in train) > 0.9 * len(train)
    ceilings = card["ceilings"]
    assert isinstance(ceilings, dict)
    assert ceilings["politeness"]["mean absolute difference"]["n"] == sample_workbook.READ_AGAIN


def test_texts_are_masked_and_people_are_pseudonyms(tmp_path: Path) -> None:
    told, out = built(tmp_path, line("a", f"Позвоните {PHONE} и ждите", polite(40, comment=f"Дал {PHONE}")))
    written = "".join(path.read_text("utf-8") for path in out.iterdir())
    assert told["hash"]
    assert "345-67-89" not in written
    assert "Анна" not in written
    assert '"17"' not in written


def test_what_is_wrong_is_counted_by_kind(tmp_path: Path) -> None:
    told, out = built(
        tmp_path,
        line("same", "ждите", polite(40)),
        line("same again", "Ждите!", polite(40, "анна", places=[{"turn": 2, "text": "Ждите"}])),
        line("far", "ждите до утра", polite(10), polite(90, "Пётр")),
        line("near", "ждите до вечера", polite(40), polite(50, "Пётр"), polite(45, "Олег")),
        line("range", "ждите ещё", polite(400)),
        line("odd", "ждите немного", polite(42)),
        line("choice", "ждите пока", {**polite("никакой"), "subject": "stage"}),
        line("unknown", "ждите там", {**polite(5), "subject": "charm"}),
        "{",
    )
    assert isinstance(told["cleaning"], dict)
    cleaning = {kind: n for kind, n in told["cleaning"].items() if not kind.startswith("refused")}
    assert cleaning == {
        "duplicate, labels joined": 1, "names aligned": 1, "people contradict each other": 1, "out of range": 1,
        "rounded to fives": 1, "no such choice": 1, "no such criterion": 1, "no label left": 4,
    }  # fmt: skip
    kept = {one.turns[1].text: one.labels[0].value for split in GoldenSplit for one in folder.split(out, split)}
    assert kept["ждите до вечера"] == 45
    assert kept["ждите немного"] == 40
    assert len(kept) == 3


def test_calls_without_sound_are_told(tmp_path: Path) -> None:
    source, sound = tmp_path / "labels.jsonl", tmp_path / "sound"
    sound.mkdir()
    (sound / "heard.wav").write_bytes(b"")
    lines = [line(name, f"{name} ждите", polite(50), channel="call") for name in ("heard", "lost")]
    source.write_text("\n".join(lines), "utf-8")
    told = building.build(Wanted((source,), None, ROOT / "prompts", recordings=sound), tmp_path / "data")
    assert told["cleaning"]["missing sound"] == 1


def test_a_workbook_without_a_map_is_refused() -> None:
    with pytest.raises(Unreadable, match="--map"):
        reading.read(WORKBOOK, None)
