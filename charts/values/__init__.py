"""The values of each chart as strict models."""
