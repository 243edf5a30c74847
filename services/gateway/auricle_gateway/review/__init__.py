"""The review queue: what waits for a person, who has it, what became of it, and what a workspace samples."""
