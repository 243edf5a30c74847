"""The knowledge base: articles with their versions and passages, and the search over them. Writes its three tables."""
