"""The registry from the command line: what is live, what waits, and who moved what."""
