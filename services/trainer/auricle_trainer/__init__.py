"""Training of the weights that Auricle ships and of the adapters that its users train."""
