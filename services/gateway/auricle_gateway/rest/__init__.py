"""What every route shares: bounded bodies, ranges, timestamps, problems in OpenAPI."""
