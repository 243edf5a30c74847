"""Comparison: adapters, bases and endpoints on the same items, between what any of them must beat and what people reach."""
