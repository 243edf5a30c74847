"""Mono calls drawn for developing how roles are told: generated dialogues read by drawn voices, with machines, transfers, holds."""
