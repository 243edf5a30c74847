"""Calibration sessions: opened, answered blind, closed, compared."""
