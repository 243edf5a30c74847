"""The small Whisper of `models/speech`: text, synthesis, training, export and evaluation."""
