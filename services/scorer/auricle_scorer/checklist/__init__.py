"""The checklist: error classes looked for in a conversation, step by step, and what came of each."""
