"""What the engines load: a GGUF base and a GGUF LoRA for llama.cpp, safetensors of both for transformers, peft and vLLM.

    models/judge/  base.gguf  adapter.gguf  serving.yaml  hf/{config, tokenizer, model.safetensors}  hf/adapter/…

Both together stay under 25 MB: Q8_0 for the laptop, bfloat16 for the cluster.
"""

import json
from pathlib import Path

import numpy as np
import torch
from gguf import GGMLQuantizationType, GGUFType, GGUFWriter, LlamaFileType, TokenType, quants
from safetensors.torch import load_file, save_file
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from auricle_trainer.judge import vocabulary

ARCHITECTURE, SPLIT = "qwen2", "qwen2"
OUTER = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight"}
INNER = {
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}  # fmt: skip


def everything(work: Path, target: Path, adapters: tuple[str, ...] = ("adapter",)) -> None:
    """Write the base and each of `adapters` (folders of `work`) to `target`; overwrites what is there."""
    target.mkdir(parents=True, exist_ok=True)
    words = vocabulary.load(work / "tokenizer")
    model = Qwen2ForCausalLM.from_pretrained(work / "base", dtype=torch.float32)
    base_gguf(model, words, target / "base.gguf")
    hugging_face(model, words, target / "hf")
    for name in adapters:
        adapter_gguf(work / name, target / f"{name}.gguf")
    _copy_adapter(work / adapters[0], target / "hf" / "adapter")
    (target / "serving.yaml").write_text(manifest(adapters), "utf-8")


def manifest(adapters: tuple[str, ...]) -> str:
    """What the laptop's server reads: the first adapter is `judge`, others are `judge-<name>`, the base is `judge-base`."""
    names = {name: "judge" if number == 0 else f"judge-{name}" for number, name in enumerate(adapters)}
    models = "".join(f"  {served}: {{adapter: {name}.gguf}}\n" for name, served in names.items())
    return f"base: base.gguf\ndemo_weights: true\nmodels:\n{models}  judge-base: {{}}\n"


def base_gguf(model: Qwen2ForCausalLM, words: PreTrainedTokenizerFast, path: Path) -> None:
    """The base in Q8_0 (norms and biases in float32): 8.5 bits a weight, half of what float16 takes."""
    writer = GGUFWriter(path, ARCHITECTURE)
    _describe(writer, model.config)
    _vocabulary(writer, words)
    for name, value in model.state_dict().items():
        if name != "lm_head.weight":  # tied: llama.cpp takes the embedding
            _tensor(writer, gguf_name(name), value.float().numpy())
    _finish(writer)


def adapter_gguf(folder: Path, path: Path) -> None:
    """A peft LoRA as llama.cpp's adapter: `<tensor>.lora_a` [rank, in] and `<tensor>.lora_b` [out, rank] in float16."""
    config = json.loads((folder / "adapter_config.json").read_text("utf-8"))
    writer = GGUFWriter(path, ARCHITECTURE)
    writer.add_type(GGUFType.ADAPTER)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(config["lora_alpha"]))
    for name, value in load_file(folder / "adapter_model.safetensors").items():
        module, side = name.removeprefix("base_model.model.").split(".lora_")
        writer.add_tensor(f"{gguf_name(module + '.weight')}.lora_{side[0].lower()}", value.to(torch.float16).numpy())
    _finish(writer)


def hugging_face(model: Qwen2ForCausalLM, words: PreTrainedTokenizerFast, folder: Path) -> None:
    """bfloat16 safetensors with config and tokenizer: what vLLM serves."""
    model.to(torch.bfloat16).save_pretrained(folder)
    words.save_pretrained(folder)


def gguf_name(name: str) -> str:
    """`model.layers.3.mlp.up_proj.weight` → `blk.3.ffn_up.weight`. KeyError for a tensor that Qwen2 does not have."""
    if name in OUTER:
        return OUTER[name]
    _, _, layer, rest = name.split(".", 3)
    module, kind = rest.rsplit(".", 1)
    return f"blk.{layer}.{INNER[module]}.{kind}"


def _describe(writer: GGUFWriter, config: Qwen2Config) -> None:
    writer.add_name("auricle-judge")
    writer.add_file_type(LlamaFileType.MOSTLY_Q8_0)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(float(config.rope_parameters["rope_theta"]))


def _vocabulary(writer: GGUFWriter, words: PreTrainedTokenizerFast) -> None:
    special = set(words.all_special_tokens) | set(words.get_added_vocab())
    tokens = [token for token, _ in sorted(words.get_vocab().items(), key=lambda item: item[1])]
    merges = json.loads(words.backend_tokenizer.to_str())["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(SPLIT)
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.CONTROL if token in special else TokenType.NORMAL for token in tokens])
    writer.add_token_merges([" ".join(merge) if isinstance(merge, list) else merge for merge in merges])
    writer.add_eos_token_id(int(words.convert_tokens_to_ids(vocabulary.END)))
    writer.add_pad_token_id(int(words.convert_tokens_to_ids(vocabulary.PADDING)))
    writer.add_add_bos_token(False)
    writer.add_chat_template(vocabulary.CHAT_TEMPLATE)


def _tensor(writer: GGUFWriter, name: str, value: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> None:
    kind = GGMLQuantizationType.Q8_0 if value.ndim == 2 else GGMLQuantizationType.F32
    writer.add_tensor(name, quants.quantize(value, kind), raw_dtype=kind)


def _finish(writer: GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _copy_adapter(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    config = json.loads((source / "adapter_config.json").read_text("utf-8"))
    config["base_model_name_or_path"] = "auricle-judge"  # peft writes the folder that it was trained in
    (target / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")
    weights = {
        name: value.to(torch.bfloat16) for name, value in load_file(source / "adapter_model.safetensors").items()
    }

    save_file(weights, target / "adapter_model.safetensors", metadata={"format": "pt"})
