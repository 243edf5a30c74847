"""The base of a run: a GGUF file, a Hugging Face folder, or a repository of a hub; in full precision, or in four bits on a GPU (QLoRA)."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel, prepare_model_for_kbit_training
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from auricle_trainer.lora import base as full_precision


class CannotTrain(ValueError):
    """What is wanted cannot be done on this machine, or with this base; the text says what would be needed."""


def load(base: Path, *, four_bit: bool) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Model and tokenizer. Raises CannotTrain."""
    if four_bit:
        return _four_bit(base)
    return full_precision.load(base, torch.bfloat16)


def grown(model: PreTrainedModel, rank: int, seed: int, *, four_bit: bool) -> PeftModel:
    """With fresh LoRA matrices, on the device that training uses."""
    if four_bit:
        prepared: PreTrainedModel = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
        return full_precision.with_adapter(prepared, rank, seed)
    return full_precision.with_adapter(model, rank, seed)


def shape(base: Path) -> tuple[Any, int]:
    """The configuration and how many numbers the model has, without its weights."""
    folder, file = (base.parent, base.name) if base.suffix == ".gguf" else (base, None)
    config = AutoConfig.from_pretrained(folder, gguf_file=file)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    return config, sum(weight.numel() for weight in model.parameters())


def refuse_four_bit(base: Path) -> None:
    """Raises CannotTrain where QLoRA cannot be had."""
    if not torch.cuda.is_available():
        raise CannotTrain("--four-bit (QLoRA) needs a GPU: without it leave the option out, that is LoRA on the CPU")
    if find_spec("bitsandbytes") is None:
        raise CannotTrain(
            "--four-bit (QLoRA) needs bitsandbytes: pip install bitsandbytes into the trainer's environment"
        )
    if base.suffix == ".gguf":
        raise CannotTrain("--four-bit (QLoRA) needs a folder or a hub's name: a GGUF file is quantised already")


def _four_bit(base: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """NF4 with double quantisation, computed in bfloat16."""
    refuse_four_bit(base)
    from transformers import BitsAndBytesConfig

    numbers = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )  # fmt: skip
    words = AutoTokenizer.from_pretrained(base)
    model = AutoModelForCausalLM.from_pretrained(
        base, quantization_config=numbers, device_map={"": 0}, attn_implementation="sdpa"
    )
    return model, words
