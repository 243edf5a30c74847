"""Findings as people judge them: verdicts, errors that they add, and the classes that these may be of."""
