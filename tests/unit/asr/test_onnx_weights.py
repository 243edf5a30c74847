"""What lies in a folder of ONNX files is told by names and config, and what cannot be used says why and what to do."""

import hashlib
import json
from pathlib import Path

import pytest
from auricle_asr.errors import SpeechEngineFailed
from auricle_asr.speech.onnx_engine import OnnxOptions, OnnxSpeechEngine
from auricle_asr.speech.onnx_weights import RUSSIAN, T_ONE_LATENCY_S, is_onnx, read_weights
from fixtures.onnx_weights import MAKERS


@pytest.mark.parametrize(
    ("name", "architecture", "quantization", "languages", "latency_s"),
    [
        ("t-one", "t-one-ctc", None, RUSSIAN, T_ONE_LATENCY_S),
        ("gigaam-ctc", "gigaam-v3-ctc", None, RUSSIAN, 0),
        ("gigaam-rnnt", "gigaam-v3-e2e-rnnt", "int8", RUSSIAN, 0),
        ("parakeet", "nemo-conformer-tdt", None, frozenset(), 0),
    ],
)
def test_the_files_tell_the_model(
    tmp_path: Path, name: str, architecture: str, quantization: str | None, languages: frozenset[str], latency_s: float
) -> None:
    MAKERS[name](tmp_path)
    found = read_weights(tmp_path)
    assert (found.architecture, found.quantization, found.languages) == (architecture, quantization, languages)
    assert found.latency_s == latency_s
    assert {path.suffix for path in found.files} == {".onnx"}
    assert is_onnx(tmp_path)


def test_full_numbers_are_taken_where_both_are_there(tmp_path: Path) -> None:
    for file in ("v3_ctc.onnx", "v3_ctc.int8.onnx"):
        (tmp_path / file).touch()
    assert read_weights(tmp_path).quantization is None


@pytest.mark.parametrize(
    ("files", "config", "said"),
    [
        ([], None, "no ONNX model that is known"),
        (["something.onnx"], None, "no ONNX model that is known"),
        (["encoder-model.onnx"], {"model_type": "nemo-conformer-aed"}, "no word times"),
        (["onnx/encoder_model.onnx"], {"model_type": "whisper"}, "no word times"),
        (["whisper-base_beamsearch.onnx"], None, "no word times"),
        (["model.onnx"], ["not", "an", "object"], "no ONNX model that is known"),
        (["encoder-model.onnx"], {"model_type": "kaldi-rnnt"}, "no ONNX model that is known"),
    ],
)
def test_what_cannot_be_used_says_why(tmp_path: Path, files: list[str], config: object, said: str) -> None:
    for file in files:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    if config is not None:
        (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(SpeechEngineFailed, match=said) as refused:
        read_weights(tmp_path)
    assert "auricle weights list" in str(refused.value.action)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SpeechEngineFailed, match="is not a folder"):
        read_weights(tmp_path / "nowhere")


def test_a_broken_file_is_told_and_nothing_is_fetched(tmp_path: Path) -> None:
    MAKERS["gigaam-ctc"](tmp_path)
    (tmp_path / "v3_ctc.onnx").write_bytes(b"not a graph")
    with pytest.raises(SpeechEngineFailed, match="cannot be loaded") as refused:
        OnnxSpeechEngine(OnnxOptions(tmp_path, device="cpu"))
    assert "verify" in str(refused.value.action)


def test_the_ledger_names_the_weights_by_their_hash(tmp_path: Path) -> None:
    folder = tmp_path / "gigaam-v3-ctc"
    folder.mkdir()
    MAKERS["gigaam-ctc"](folder)
    facts = OnnxSpeechEngine(OnnxOptions(folder, device="cpu")).facts
    digest = hashlib.sha256((folder / "v3_ctc.onnx").read_bytes()).hexdigest()
    assert facts.named == f"onnx-asr/gigaam-v3-ctc@{digest[:12]}"
    assert (facts.samples, facts.languages) == (False, frozenset({"ru"}))


def test_a_gpu_that_is_asked_for_and_not_there_is_an_error(tmp_path: Path) -> None:
    import onnxruntime

    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("this onnxruntime has CUDA")
    MAKERS["t-one"](tmp_path)
    with pytest.raises(SpeechEngineFailed, match="no CUDA") as refused:
        OnnxSpeechEngine(OnnxOptions(tmp_path, device="cuda"))
    assert "onnxruntime-gpu" in str(refused.value.action)
