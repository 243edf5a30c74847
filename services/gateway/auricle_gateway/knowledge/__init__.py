"""The knowledge base: articles as documents come in, their versions and passages, and the search over them."""
