"""The report that opens from disk: everything inside one file."""
