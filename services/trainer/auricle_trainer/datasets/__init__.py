"""Data sets: labelled conversations that people brought, cleaned, masked, split by agent and time, under a hash of their content."""
