"""Commands that make data; they need espeak-ng and no torch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from auricle_contracts import Channel
from auricle_samples.dialogues import generate
from auricle_samples.voice.spoken import spoken_sentences

from auricle_trainer.speech import testset
from auricle_trainer.speech.shards import synthesise as write_shards

Work = Annotated[Path, typer.Option(help="Folder of data, checkpoints and logs; outside the repository.")]


def synthesise(
    work: Work,
    hours: float = 30.0,
    seed: int = 1,
    long_share: Annotated[float, typer.Option(help="Share of windows of 8-30 s; the others are under 6 s.")] = 0.0,
    said: Annotated[Path | None, typer.Option(help="More sentences, one a line.")] = None,
    said_share: float = 0.2,
    into: Annotated[str, typer.Option(help="Folder of the shards inside the work folder.")] = "short",
) -> None:
    """Make training shards; run several with different seeds to use several cores. Shards that exist are kept."""
    folder = work / into
    folder.mkdir(parents=True, exist_ok=True)
    extra = tuple(said.read_text().splitlines()) if said else ()
    write_shards(folder, seed, hours, long_share, extra, said_share, testset.load().unseen)


def say_dialogues(work: Work, dialogues: int = 4000, first_seed: int = 500_000) -> None:
    """Write the sentences of Russian training dialogues to `said.txt`, for `synthesise --said`."""
    turns = (
        turn.text
        for seed in range(first_seed, first_seed + dialogues)
        for turn in generate(seed, "train", channel=Channel.CALL, language="ru").turns
    )
    lines = sorted({sentence for text in turns for sentence in spoken_sentences(text)})
    (work / "said.txt").write_text("\n".join(lines) + "\n")


def draw_testset(words: int = 5600, seed: int = 2026, path: Path = testset.MANIFEST) -> None:
    """Draw a new test set. Never after a model was measured on the old one."""
    testset.make(path, words, seed)
