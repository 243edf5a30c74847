"""Quizzes of agents: made and read (`quizzes`), given and answered (`assignments`), counted over people (`results`).

Writes the tables `quizzes`, `quiz_questions`, `quiz_assignments` and `quiz_answers`.
"""
