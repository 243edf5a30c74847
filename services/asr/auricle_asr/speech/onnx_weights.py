"""Which acoustic model lies in a folder of ONNX files: told by their names and `config.json`, and nothing is fetched."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auricle_asr.errors import SpeechEngineFailed

CONFIG = "config.json"
RUSSIAN = frozenset({"ru"})
T_ONE_LATENCY_S = 0.33
"""T-one is a streaming model and writes a letter that much after it was said: MEAN_TIME_BIAS of its authors' own pipeline."""


@dataclass(frozen=True)
class OnnxWeights:
    """`architecture` as onnx-asr calls it; `languages` that it knows, empty: not told by the files; `latency_s` of its token times."""

    architecture: str
    files: tuple[Path, ...]
    quantization: str | None = None
    languages: frozenset[str] = frozenset()
    latency_s: float = 0.0


@dataclass(frozen=True)
class _Known:
    """`stem`: the name of its first file, without suffix and number type."""

    architecture: str
    stem: str
    languages: frozenset[str] = frozenset()
    latency_s: float = 0.0


BY_NAME = (
    _Known("gigaam-v3-e2e-rnnt", "v3_e2e_rnnt_encoder", RUSSIAN),
    _Known("gigaam-v3-e2e-ctc", "v3_e2e_ctc", RUSSIAN),
    _Known("gigaam-v3-rnnt", "v3_rnnt_encoder", RUSSIAN),
    _Known("gigaam-v3-ctc", "v3_ctc", RUSSIAN),
    _Known("gigaam-v2-rnnt", "v2_rnnt_encoder", RUSSIAN),
    _Known("gigaam-v2-ctc", "v2_ctc", RUSSIAN),
    _Known("gigaam-multilingual-ctc", "multilingual_ctc", frozenset({"en", "kk", "ky", "ru", "uz"})),
    _Known("gigaam-multilingual-large-ctc", "multilingual_large_ctc", frozenset({"en", "kk", "ky", "ru", "uz"})),
)
BY_CONFIG = (
    _Known("nemo-conformer-tdt", "encoder-model"),
    _Known("nemo-conformer-rnnt", "encoder-model"),
    _Known("nemo-conformer-ctc", "model"),
)
T_ONE = _Known("t-one-ctc", "model", RUSSIAN, T_ONE_LATENCY_S)
WITHOUT_TIMES = ("whisper", "nemo-conformer-aed")
"""onnx-asr gives neither word times nor probabilities for these: no quote would have its place, and no guard anything to judge by."""


def is_onnx(folder: Path) -> bool:
    """Whether the folder holds ONNX files and not CTranslate2's."""
    return any(folder.glob("*.onnx")) and not (folder / "model.bin").exists()


def read_weights(folder: Path) -> OnnxWeights:
    """What lies in the folder. Raises SpeechEngineFailed where it is nothing that can be used, with what to do."""
    if not folder.is_dir():
        raise _unusable(folder, "is not a folder")
    for known in BY_NAME:
        if (found := _quantization(folder, known.stem)) is not None:
            return _weights(folder, known, found)
    config = _config(folder)
    model_type = str(config.get("model_type") or "")
    if model_type.startswith(WITHOUT_TIMES) or any(folder.glob("**/*whisper*.onnx")):
        raise _unusable(folder, f"is {model_type or 'whisper'} in ONNX, which gives no word times")
    known_type = next((known for known in BY_CONFIG if known.architecture == model_type), None)
    chosen = known_type or (T_ONE if "vocabulary" in (config.get("decoder_params") or {}) else None)
    if chosen is not None and (found := _quantization(folder, chosen.stem)) is not None:
        return _weights(folder, chosen, found)
    raise _unusable(folder, "holds no ONNX model that is known")


def _weights(folder: Path, known: _Known, quantization: str) -> OnnxWeights:
    suffix = f"?{quantization}.onnx" if quantization else ".onnx"
    files = sorted(path for path in folder.iterdir() if path.match(f"*{suffix}") or path.suffix == ".data")
    return OnnxWeights(known.architecture, tuple(files), quantization or None, known.languages, known.latency_s)


def _quantization(folder: Path, stem: str) -> str | None:
    """Empty for full numbers, `int8` where only those are there, None where the model is not there at all."""
    if (folder / f"{stem}.onnx").is_file():
        return ""
    return "int8" if any(folder.glob(f"{stem}?int8.onnx")) else None


def _config(folder: Path) -> dict[str, Any]:
    try:
        said = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _unusable(folder: Path, why: str) -> SpeechEngineFailed:
    return SpeechEngineFailed(
        f"the speech model {folder} {why}",
        action="Name a folder of GigaAM, T-one or Parakeet in ONNX (`auricle weights list`); Whisper is heard by faster-whisper.",
    )
