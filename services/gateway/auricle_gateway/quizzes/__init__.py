"""Quizzes of agents: made of real words without personal data, given, answered, and counted over people."""
