"""Uploads: recordings sent ahead of their conversation under a signed URL or form."""
