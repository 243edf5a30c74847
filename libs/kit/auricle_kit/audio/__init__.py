"""Audio of unknown origin: its format by its first bytes, and the sandbox in which a child process decodes it."""
