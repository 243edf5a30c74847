"""The held-out scenarios. They share no scenario, template or five-word phrase with training: see overlap.py."""
