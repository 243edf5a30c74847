"""LoRA layers and norms of Gemma for a CPU, where copies for autograd cost as much as the products. The same values, in bfloat16."""

from types import MethodType
from typing import Any

import torch
from peft import PeftModel
from peft.tuners.lora import Linear
from transformers.models.gemma3.modeling_gemma3 import Gemma3RMSNorm


def lean(model: PeftModel) -> PeftModel:
    """The same model, with the layers' own arithmetic exchanged. Only for float32 matrices without dropout on a base in bfloat16."""
    for module in model.modules():
        if isinstance(module, Linear) and module.base_layer.bias is None:
            module.forward = MethodType(_adapted, module)
        elif isinstance(module, Gemma3RMSNorm):
            module.forward = MethodType(_normed, module)
    return model


def _adapted(layer: Linear, x: torch.Tensor) -> torch.Tensor:
    (name,) = layer.active_adapters
    a, b = layer.lora_A[name].weight, layer.lora_B[name].weight
    said: torch.Tensor = _Adapted.apply(x, layer.base_layer.weight, a, b, layer.scaling[name])
    return said


def _normed(layer: Gemma3RMSNorm, x: torch.Tensor) -> torch.Tensor:
    said: torch.Tensor = _Normed.apply(x, 1.0 + layer.weight.float(), layer.eps)
    return said


class _Adapted(torch.autograd.Function):
    """x·Wᵀ + scale·x·Aᵀ·Bᵀ; W learns nothing."""

    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, weight: torch.Tensor, a: torch.Tensor, b: torch.Tensor, scale: float
    ) -> torch.Tensor:
        rows, small_a, small_b = x.reshape(-1, x.shape[-1]), a.to(x.dtype), b.to(x.dtype)
        low = rows @ small_a.T
        ctx.save_for_backward(rows, weight, small_a, small_b, low)
        ctx.scale = scale
        return torch.addmm(rows @ weight.T, low, small_b.T, alpha=scale).reshape(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        rows, weight, a, b, low = ctx.saved_tensors
        grads = grad.reshape(-1, grad.shape[-1])
        lower = (grads @ b) * ctx.scale
        x = torch.addmm(grads @ weight, lower, a).reshape(*grad.shape[:-1], -1)
        return x, None, (lower.T @ rows).float(), (grads.T @ low).float() * ctx.scale, None


class _Normed(torch.autograd.Function):
    """x / rms(x) · weight, computed in float32; the weight learns nothing."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor, eps: float) -> torch.Tensor:
        size = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32)
        inverse = torch.rsqrt(size.square() / x.shape[-1] + eps)
        ctx.save_for_backward(x, inverse, weight)
        return (x * inverse).mul_(weight).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        x, inverse, weight = ctx.saved_tensors
        weighted, normed = grad * weight, x * inverse
        shared = (weighted * normed).mean(dim=-1, keepdim=True)
        return weighted.addcmul_(normed, shared, value=-1.0).mul_(inverse).to(x.dtype), None, None
