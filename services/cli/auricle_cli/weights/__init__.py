"""Weights by name: a catalogue of files with their hashes, a content-addressed store, and the sources that fill it."""
