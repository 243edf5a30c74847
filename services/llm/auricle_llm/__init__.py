"""The laptop's stand-in for vLLM: llama.cpp's server in this process, and a map from model name to adapter."""
