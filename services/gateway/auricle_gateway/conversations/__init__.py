"""Conversations: list, state, late data, deletion, and server-sent events of their progress."""
