"""Coaching of agents: tasks and their effect, and a library of good examples."""
