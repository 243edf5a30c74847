"""What the engines load: the LoRA as llama.cpp's adapter and as peft's folder, both in float16, with the manifest that serves it."""

import json
import shutil
from importlib.resources import files
from pathlib import Path

import torch
from auricle_contracts.judges import Reasoning
from gguf import GGUFType, GGUFWriter
from safetensors.torch import load_file, save_file

ARCHITECTURES = {"gemma3_text": "gemma3", "qwen2": "qwen2"}
TENSORS = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}  # fmt: skip


def everything(
    adapter: Path, model_type: str, target: Path, base_name: str, reasoning: Reasoning = Reasoning.SHORT
) -> None:
    """Adapter in both forms, manifest and chat template in `target`. The base's GGUF is put beside them by who has it."""
    (target / "hf").mkdir(parents=True, exist_ok=True)
    adapter_gguf(adapter, ARCHITECTURES[model_type], target / "adapter.gguf")
    config = json.loads((adapter / "adapter_config.json").read_text("utf-8")) | {"base_model_name_or_path": base_name}
    (target / "hf" / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")
    weights = load_file(adapter / "adapter_model.safetensors")
    halves = {name: value.to(torch.float16).contiguous() for name, value in weights.items()}
    save_file(halves, target / "hf" / "adapter_model.safetensors", metadata={"format": "pt"})
    asked = "" if reasoning is Reasoning.SHORT else f", reasoning: {reasoning.value}"
    manifest = f"base: base.gguf\nmodels:\n  judge: {{adapter: adapter.gguf{asked}}}\n  judge-base: {{}}\n"
    if model_type == "gemma3_text":
        shutil.copyfile(str(files("auricle_trainer.lora") / "gemma3.jinja"), target / "gemma3.jinja")
        manifest = f"chat_template: gemma3.jinja\n{manifest}"
    (target / "serving.yaml").write_text(manifest, "utf-8")


def progress(checkpoint: Path, path: Path) -> None:
    """Steps, seconds and smoothed loss at the last checkpoint, as JSON."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)["state"]
    said = {"steps": state["step"], "seconds": round(state["seconds"]), "loss": round(state["loss"], 4)}
    path.write_text(json.dumps(said, indent=1) + "\n", "utf-8")


def adapter_gguf(folder: Path, architecture: str, path: Path) -> None:
    """`blk.<layer>.<tensor>.weight.lora_a` [rank, in] and `.lora_b` [out, rank]."""
    config = json.loads((folder / "adapter_config.json").read_text("utf-8"))
    writer = GGUFWriter(path, architecture)
    writer.add_type(GGUFType.ADAPTER)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(config["lora_alpha"]))
    for name, value in load_file(folder / "adapter_model.safetensors").items():
        writer.add_tensor(gguf_name(name), value.to(torch.float16).contiguous().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def gguf_name(name: str) -> str:
    """`….layers.3.mlp.up_proj.lora_A.weight` → `blk.3.ffn_up.weight.lora_a`. KeyError for a module that no LoRA of ours has."""
    layer, module = name.split(".layers.")[1].split(".", 1)
    module, side = module.removesuffix(".weight").rsplit(".lora_", 1)
    return f"blk.{layer}.{TENSORS[module]}.weight.lora_{side.lower()}"
