"""Alembic's migrations of the database; `auricle_records.migrate` runs them."""
