"""Workbooks that strangers made, read within bounds. Needs the extra `workbooks`."""
