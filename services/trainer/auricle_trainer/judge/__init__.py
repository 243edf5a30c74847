"""The small judge, from nothing: tokenizer, base, adapter, export, evaluation. `python -m auricle_trainer.judge --help`."""
