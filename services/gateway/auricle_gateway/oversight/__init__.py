"""Human oversight: the disclosure to agents, the record, and its files."""
