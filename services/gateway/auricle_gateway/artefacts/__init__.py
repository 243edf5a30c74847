"""The registry: versions of what decides, which are live in a workspace, and who moved that."""
