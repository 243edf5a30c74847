"""Synthetic dialogues and calls, with the labels that they were made from."""
