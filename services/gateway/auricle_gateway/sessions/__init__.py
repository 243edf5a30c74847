"""Sessions: people sign in by password, one-time link or identity provider, and see and end what is open."""
