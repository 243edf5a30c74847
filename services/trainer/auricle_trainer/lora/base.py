"""A pretrained base and its tokenizer. A GGUF file is read into plain numbers: what llama.cpp computes with, a LoRA is trained on."""

from importlib.resources import files
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
TEMPLATES = {"gemma3_text": "gemma3.jinja"}  # for bases that were never taught to chat


def load(base: Path, precision: torch.dtype = torch.float32) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Model and tokenizer of a `.gguf` file or a folder, weights in `precision`. A base without a chat template gets its family's."""
    folder, file = (base.parent, base.name) if base.suffix == ".gguf" else (base, None)
    words = AutoTokenizer.from_pretrained(folder, gguf_file=file)
    attention = "sdpa" if torch.cuda.is_available() else "eager"  # a CPU's sdpa is the slower one backward
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=precision, attn_implementation=attention)
    if words.chat_template is None:
        words.chat_template = template(model.config.model_type)
    return model, words


def template(model_type: str) -> str:
    """The chat template of a family. KeyError for one that has none here."""
    return (files("auricle_trainer.lora") / TEMPLATES[model_type]).read_text("utf-8")


def with_adapter(model: PreTrainedModel, rank: int, seed: int, start: Path | None = None) -> PeftModel:
    """The base with LoRA matrices in float32 on every linear layer: fresh ones of this rank, or those of a peft folder, of its rank."""
    if start is not None:
        begun = PeftModel.from_pretrained(model, start, is_trainable=True, autocast_adapter_dtype=True)
        assert isinstance(begun, PeftModel)
        return begun
    torch.manual_seed(seed)
    config = LoraConfig(
        r=rank, lora_alpha=2 * rank, lora_dropout=0.0, target_modules=list(TARGETS), task_type="CAUSAL_LM"
    )
    grown = get_peft_model(model, config)
    assert isinstance(grown, PeftModel)
    return grown
