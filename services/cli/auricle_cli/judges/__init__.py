"""`auricle judge`: judges of comments and findings, and their certificates."""
