"""The review queue: what waits for a person and why, and what people do about it.

Keeper says what waits (`triage`, `contested`, `agent_sample`, `outliers`, `hunting`, `disagreeing`, `upkeep`), people work through
`items`, `queries` reads, `settings` holds what a workspace samples. Writes the tables `review_items` and `review_settings`.
"""
