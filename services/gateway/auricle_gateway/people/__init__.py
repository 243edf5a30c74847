"""People and teams of a workspace: added, imported, changed."""
