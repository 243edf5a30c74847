"""Trainings over HTTP."""
