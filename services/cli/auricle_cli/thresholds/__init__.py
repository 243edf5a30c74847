"""`auricle thresholds`: from which confidence on answers are believed."""
