"""Trainings that were asked for are started, watched and ended: `rounds` says which, a launcher (`processes`, `kubernetes`) does it."""
