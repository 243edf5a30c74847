"""A LoRA for the judge's prompts on a pretrained base: Gemma 3 or Qwen2, from a GGUF file or a Hugging Face folder."""
