"""Whisper's architecture in the least code that trains: same layers, same order, same maths.

Two things differ while training and vanish at export: a phoneme head on the encoder, and timestamp rows that are a
linear map of the encoder's sinusoids, so that all 1,501 are learned from the few that a batch shows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from auricle_trainer.speech.shards import INVENTORY
from auricle_trainer.speech.tokens import FIRST_TIMESTAMP, TIMESTAMPS

GUIDED_HEADS = 2


@dataclass(frozen=True, slots=True)
class Size:
    """Width, heads and layers of the network."""

    width: int = 192
    heads: int = 3
    encoder_layers: int = 4
    decoder_layers: int = 3
    audio_frames: int = 1500
    text_positions: int = 448


def sinusoids(length: int, width: int) -> Tensor:
    """Whisper's fixed positions, (length, width)."""
    step = math.log(10_000) / (width // 2 - 1)
    angles = torch.arange(length)[:, None] * torch.exp(-step * torch.arange(width // 2))[None]
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class Attention(nn.Module):
    """Multi-head attention with Whisper's biases; `seen` also gives the log probabilities of the first heads."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.value, self.out = (nn.Linear(width, width) for _ in range(3))
        self.key = nn.Linear(width, width, bias=False)

    def forward(self, x: Tensor, source: Tensor, causal: bool = False) -> Tensor:
        q, k, v = self._split(self.query(x)), self._split(self.key(source)), self._split(self.value(source))
        return self._joined(F.scaled_dot_product_attention(q, k, v, is_causal=causal))

    def seen(self, x: Tensor, source: Tensor) -> tuple[Tensor, Tensor]:
        """Output and (batch, guided heads, tokens, frames) log probabilities."""
        q, k, v = self._split(self.query(x)), self._split(self.key(source)), self._split(self.value(source))
        scores = (q @ k.transpose(-1, -2)).float() / math.sqrt(q.shape[-1])
        logs = scores.log_softmax(-1)
        return self._joined(logs.exp().to(v.dtype) @ v), logs[:, :GUIDED_HEADS]

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def _joined(self, x: Tensor) -> Tensor:
        return self.out(x.transpose(1, 2).flatten(2))


class Layer(nn.Module):
    """One transformer layer, pre-norm; with `crossed` it also looks at the encoder."""

    def __init__(self, width: int, heads: int, crossed: bool) -> None:
        super().__init__()
        self.norm, self.attention = nn.LayerNorm(width), Attention(width, heads)
        self.cross_norm = nn.LayerNorm(width) if crossed else None
        self.cross = Attention(width, heads) if crossed else None
        self.mlp_norm = nn.LayerNorm(width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor, heard: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        y = self.norm(x)
        x = x + self.attention(y, y, causal=self.cross is not None)
        logs = None
        if self.cross is not None and self.cross_norm is not None and heard is not None:
            seen, logs = self.cross.seen(self.cross_norm(x), heard)
            x = x + seen
        return x + self.narrow(F.gelu(self.wide(self.mlp_norm(x)))), logs


class Encoder(nn.Module):
    """(batch, 80, mel frames) → (batch, mel frames / 2, width); `shifts` starts each item at a later position."""

    positions: Tensor

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.first = nn.Conv1d(80, size.width, 3, padding=1)
        self.second = nn.Conv1d(size.width, size.width, 3, stride=2, padding=1)
        self.layers = nn.ModuleList(Layer(size.width, size.heads, False) for _ in range(size.encoder_layers))
        self.norm = nn.LayerNorm(size.width)
        self.register_buffer("positions", sinusoids(size.audio_frames, size.width))

    def forward(self, mel: Tensor, shifts: Tensor) -> Tensor:
        x = F.gelu(self.second(F.gelu(self.first(mel)))).transpose(1, 2)
        # Kept in bf16 under autocast: a residual stream in 32 bits costs a tenth of the step on two cores.
        x = x + self.positions.to(x.dtype)[shifts[:, None] + torch.arange(x.shape[1], device=x.device)]
        for layer in self.layers:
            x, _ = layer(x)
        return self.norm(x)


class Decoder(nn.Module):
    """(batch, tokens) ids and the encoder's output → logits over the compact ids, and the guided heads' log attention."""

    positions: Tensor
    moments: Tensor

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.embedding = nn.Embedding(FIRST_TIMESTAMP, size.width)
        nn.init.normal_(self.embedding.weight, std=0.05)
        self.register_buffer("moments", sinusoids(TIMESTAMPS, size.width))
        self.timestamps = nn.Linear(size.width, size.width)
        nn.init.normal_(self.timestamps.weight, std=0.05 / math.sqrt(size.width / 2))
        self.register_buffer("positions", 0.1 * sinusoids(size.text_positions, size.width))
        self.layers = nn.ModuleList(Layer(size.width, size.heads, True) for _ in range(size.decoder_layers))
        self.norm = nn.LayerNorm(size.width)

    def rows(self) -> Tensor:
        """The embedding of every compact id, (compact size, width)."""
        return torch.cat([self.embedding.weight, self.timestamps(self.moments).to(self.embedding.weight.dtype)])

    def forward(self, tokens: Tensor, heard: Tensor) -> tuple[Tensor, list[Tensor]]:
        rows = self.rows()
        x = F.embedding(tokens, rows) + self.positions[: tokens.shape[1]]
        logs = []
        for layer in self.layers:
            x, seen = layer(x, heard)
            logs.append(seen)
        return (self.norm(x) @ rows.T).float(), logs


class SmallWhisper(nn.Module):
    """Encoder, decoder, and the phoneme head that training drops in the end."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        self.encoder, self.decoder = Encoder(size), Decoder(size)
        self.phonemes = nn.Linear(size.width, INVENTORY)
