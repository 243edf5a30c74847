"""Costs: seconds and tokens of the ledger priced by a dated file."""
