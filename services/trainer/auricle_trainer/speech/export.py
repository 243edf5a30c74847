"""Checkpoint → CTranslate2 folder that faster-whisper loads like any Whisper.

Text rows keep their ids, special tokens go where Whisper has them, and every row that the training vocabulary lacks
gets a projection bias that no decoder chooses.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from ctranslate2.specs.common_spec import LayerNormSpec, LinearSpec
from ctranslate2.specs.whisper_spec import WhisperSpec
from numpy.typing import NDArray
from torch import nn

from auricle_trainer.speech import tokens as ids
from auricle_trainer.speech.network import GUIDED_HEADS, Attention, Layer, SmallWhisper

_NEVER = -1e4
ALIGNMENT_HEADS = [[layer, head] for layer in (1, 2) for head in range(GUIDED_HEADS)]
"""(decoder layer, head) pairs that training guided to the right place."""
_FIRST_LANGUAGE, _LANGUAGES = 50_259, len(ids.LANGUAGES)
Array = NDArray[np.float32]


def load_network(checkpoint: Path) -> SmallWhisper:
    """The network of a checkpoint, in float32 on the CPU."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=False)
    model = SmallWhisper(state["size"])
    model.load_state_dict(state["model"])
    return model.eval()


def export(checkpoint: Path, tokenizer: Path, folder: Path) -> None:
    """Write model.bin (int8), config.json, vocabulary.json, tokenizer.json, preprocessor_config.json and what the asr service asks."""
    published = ids.published_tokenizer(tokenizer)
    spec = specification(load_network(checkpoint))
    spec.register_vocabulary(_names(published))
    spec.config.alignment_heads = ALIGNMENT_HEADS
    spec.config.lang_ids = list(range(_FIRST_LANGUAGE, _FIRST_LANGUAGE + _LANGUAGES))
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []  # Whisper forbids an empty answer here; on silence it is the right one
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    (folder / "tokenizer.json").write_text(json.dumps(published, ensure_ascii=False))
    # Short windows are heard best: long ones were a small part of the training.
    card = {"name": "auricle-demo-speech", "demo_weights": True, "languages": ["ru"], "window_seconds": 8}
    (folder / "model-card.json").write_text(json.dumps(card) + "\n")
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": 80, "hop_length": 160, "n_fft": 400}))


def specification(model: SmallWhisper) -> WhisperSpec:
    """CTranslate2's description of the network, filled with its weights."""
    size = model.size
    spec = WhisperSpec(size.encoder_layers, size.heads, size.decoder_layers, size.heads)
    encoder, decoder = spec.encoder, spec.decoder
    for conv, module in ((encoder.conv1, model.encoder.first), (encoder.conv2, model.encoder.second)):
        conv.weight, conv.bias = _array(module.weight), _array(module.bias)
    for side, ours in ((encoder, model.encoder), (decoder, model.decoder)):
        side.position_encodings.encodings = _array(ours.positions)
        _set_norm(side.layer_norm, ours.norm)
        for layer, module in zip(side.layer, ours.layers, strict=True):
            _set_layer(layer, module)
    rows, bias = _published_rows(model)
    decoder.embeddings.weight = rows
    decoder.projection.weight, decoder.projection.bias = rows, bias
    return spec


def _published_rows(model: SmallWhisper) -> tuple[Array, Array]:
    """(51865, width) embeddings and the projection's bias. Every language reads as Russian; only Russian is written."""
    places = ids.published_ids()
    rows = np.zeros((ids.PUBLISHED_SIZE, model.size.width), np.float32)
    bias = np.full(ids.PUBLISHED_SIZE, _NEVER, np.float32)
    compact = _array(model.decoder.rows())
    rows[_FIRST_LANGUAGE : _FIRST_LANGUAGE + _LANGUAGES] = compact[ids.RUSSIAN]
    rows[places], bias[places] = compact, 0.0
    return rows, bias


def _set_layer(spec: object, module: Layer) -> None:
    _set_norm(spec.self_attention.layer_norm, module.norm)  # type: ignore[attr-defined]
    _set_attention(spec.self_attention.linear, module.attention, fused=3)  # type: ignore[attr-defined]
    if module.cross is not None and module.cross_norm is not None:
        _set_norm(spec.attention.layer_norm, module.cross_norm)  # type: ignore[attr-defined]
        _set_attention(spec.attention.linear, module.cross, fused=2)  # type: ignore[attr-defined]
    _set_norm(spec.ffn.layer_norm, module.mlp_norm)  # type: ignore[attr-defined]
    _set_linear(spec.ffn.linear_0, [module.wide])  # type: ignore[attr-defined]
    _set_linear(spec.ffn.linear_1, [module.narrow])  # type: ignore[attr-defined]


def _set_attention(linears: list[LinearSpec], module: Attention, fused: int) -> None:
    """CTranslate2 wants query, key and value as one matrix, or query alone and key with value when crossed."""
    parts = [module.query, module.key, module.value]
    groups = [parts] if fused == 3 else [parts[:1], parts[1:]]
    for linear, group in zip(linears, [*groups, [module.out]], strict=True):
        _set_linear(linear, group)


def _set_linear(linear: LinearSpec, modules: list[nn.Linear]) -> None:
    linear.weight = np.concatenate([_array(module.weight) for module in modules])
    zeros = [
        np.zeros(module.out_features, np.float32) if module.bias is None else _array(module.bias) for module in modules
    ]
    linear.bias = np.concatenate(zeros)


def _set_norm(spec: LayerNormSpec, module: nn.LayerNorm) -> None:
    spec.gamma, spec.beta = _array(module.weight), _array(module.bias)


def _array(tensor: torch.Tensor) -> Array:
    return np.asarray(tensor.detach().float().numpy())


def _names(published: dict[str, object]) -> list[str]:
    """Every token's name in the order of the ids."""
    model, added = published["model"], published["added_tokens"]
    if not isinstance(model, dict) or not isinstance(added, list):
        raise TypeError("not a tokenizer")
    by_id = {row: name for name, row in model["vocab"].items()} | {token["id"]: token["content"] for token in added}
    return [by_id[row] for row in range(ids.PUBLISHED_SIZE)]
