"""Calibration sessions. Writes `calibrations`, `calibration_items`, `calibration_reviewers`, `calibration_answers`.

open ── close ──► closed: no answer is taken any more, and all are shown
"""
