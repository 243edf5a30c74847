"""Authentication and rates: an API key becomes a workspace with scopes, and its requests are counted."""
