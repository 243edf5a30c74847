"""The network while training and the exported one are the same function (needs torch)."""

from __future__ import annotations

from pathlib import Path

import ctranslate2
import numpy as np
import pytest
from tokenizers import Tokenizer

torch = pytest.importorskip("torch", reason="the trainer's torch is not installed (make test-trainer)")
pytestmark = pytest.mark.torch

from auricle_trainer.speech import tokens as ids  # noqa: E402 (after the skip)
from auricle_trainer.speech.export import export, load_network  # noqa: E402
from auricle_trainer.speech.listening import greedy  # noqa: E402
from auricle_trainer.speech.network import Size, SmallWhisper  # noqa: E402
from auricle_trainer.speech.training import _astray, losses  # noqa: E402


@pytest.fixture(scope="module")
def exported(tokenizer_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("model")
    checkpoint = folder / "x.pt"
    torch.save({"size": Size(), "model": SmallWhisper(Size()).state_dict()}, checkpoint)
    export(checkpoint, tokenizer_file, folder / "ct2")
    return checkpoint, folder / "ct2"


def test_ctranslate2_hears_what_torch_hears(exported: tuple[Path, Path], tokenizer: Tokenizer) -> None:
    checkpoint, folder = exported
    network, model = load_network(checkpoint), ctranslate2.models.Whisper(str(folder), compute_type="float32")
    assert model.is_multilingual
    mel = np.random.default_rng(0).standard_normal((1, 80, 3000)).astype(np.float32)
    with torch.no_grad():
        ours = network.encoder(torch.from_numpy(mel), torch.zeros(1, dtype=torch.long))
        text = greedy(network, tokenizer, ours, longest=12)
    theirs = np.array(model.encode(ctranslate2.StorageView.from_array(mel)))
    assert np.abs(theirs - ours.numpy()).max() < 0.35  # int8 weights
    prompt = [50_258, 50_263, 50_359, 50_363]
    result = model.generate(ctranslate2.StorageView.from_array(mel), [prompt], beam_size=1, max_length=40)[0]
    written = [token for token in result.sequences_ids[0] if token < ids.TEXT_TOKENS]
    assert tokenizer.decode(written).strip()[:4] == text[0][:4]


def test_attention_in_the_right_place_costs_nothing_and_elsewhere_much() -> None:
    logs = torch.full((1, 2, 3, 50), -30.0)
    logs[..., 10] = 0.0
    place = torch.tensor([[[8, 12], [8, 12], [-1, -1]]])
    assert float(_astray(logs, place)) == pytest.approx(0.0, abs=1e-3)
    assert float(_astray(logs, place + 20)) > 20


def test_the_encoder_alone_has_no_token_loss() -> None:
    from auricle_trainer.speech.batches import Batch  # torch

    torch.manual_seed(0)
    batch = Batch(
        torch.zeros(2, 80, 40), torch.zeros(2, 20, dtype=torch.long), torch.zeros(2, dtype=torch.long),
        torch.zeros(2, 5, dtype=torch.long), torch.zeros(2, 5, dtype=torch.long), torch.full((2, 5, 2), 3),
    )  # fmt: skip
    network = SmallWhisper(Size())
    assert losses(network, batch, decoder=False).tokens.item() == 0.0
    assert losses(network, batch, decoder=True).tokens.item() > 5.0
