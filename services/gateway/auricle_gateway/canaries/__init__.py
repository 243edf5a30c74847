"""Canaries: a candidate on a share of live traffic, and what differs between the two groups."""
