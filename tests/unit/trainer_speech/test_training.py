"""The speech network's training on one batch: losses fall, and a run that was stopped ends like a whole one (needs torch)."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixtures.evidence import Figures

torch = pytest.importorskip("torch", reason="the trainer's torch is not installed (make test-trainer)")
pytestmark = [pytest.mark.torch, pytest.mark.timeout(600)]  # trains beside other targets

from auricle_trainer.speech import tokens as ids  # noqa: E402 (after the skip)
from auricle_trainer.speech.batches import Batch, Mix  # noqa: E402
from auricle_trainer.speech.network import Size, SmallWhisper  # noqa: E402
from auricle_trainer.speech.training import Losses, Phase, Run  # noqa: E402

WORDS = Phase("words", 12, 1e-3, 1e-3, Mix())
SAID = torch.tensor(
    [[ids.SOT, ids.RUSSIAN, ids.TRANSCRIBE, 300, 301], [ids.SOT, ids.RUSSIAN, ids.TRANSCRIBE, 302, 303]]
)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def batch() -> Batch:
    """Two pictures of noise with frames, words, and where each word is."""
    dice = torch.Generator().manual_seed(1)
    targets = torch.cat([SAID[:, 1:], torch.full((2, 1), ids.EOT)], dim=1)
    looks = torch.tensor([[[-1, -1]] * 2 + [[2, 4], [8, 10], [14, 16]]] * 2)
    return Batch(
        torch.randn(2, 80, 40, generator=dice), torch.randint(1, 20, (2, 20), generator=dice),
        torch.zeros(2, dtype=torch.long), SAID, targets, looks,
    )  # fmt: skip


def begun(work: Path, name: str) -> Run:
    torch.manual_seed(0)
    return Run(work, SmallWhisper(Size()), torch.device("cpu"), name)


def steps(run: Run, batch: Batch, until: int) -> list[Losses]:
    return [run.advance(batch, WORDS, WORDS.rate) for _ in range(until - run.step)]


def test_every_loss_falls(batch: Batch, tmp_path: Path, figures: Figures) -> None:
    lost = steps(begun(tmp_path, "run"), batch, WORDS.steps)
    fell = {
        name: [round(getattr(one, name).item(), 3) for one in (lost[0], lost[-1])]
        for name in ("tokens", "guide", "frames")
    }
    figures["speech_losses_first_last"] = fell
    assert all(last < 0.9 * first for first, last in fell.values()), fell


def test_a_stopped_run_ends_with_the_weights_of_a_whole_one(batch: Batch, tmp_path: Path, figures: Figures) -> None:
    whole, stopped = begun(tmp_path, "whole"), begun(tmp_path, "stopped")
    steps(whole, batch, 6)
    steps(stopped, batch, 3)
    stopped.save()
    again = begun(tmp_path, "stopped")
    assert again.step == 3
    steps(again, batch, 6)
    pairs = zip(whole.model.parameters(), again.model.parameters(), strict=True)
    apart = max(float((one - other).detach().abs().max()) for one, other in pairs)
    figures["speech_resumed_apart"] = apart
    assert apart == 0.0
