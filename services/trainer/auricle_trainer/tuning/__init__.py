"""Tuning: an adapter from a data set, by the loop and the loss of the shipped judge's own training."""
