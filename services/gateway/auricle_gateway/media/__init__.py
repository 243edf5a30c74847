"""Media: the recording by byte ranges, and its waveform."""
