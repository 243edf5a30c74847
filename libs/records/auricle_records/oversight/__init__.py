"""Oversight: the disclosure to agents and who read it, entries of the record, and its figures. Writes `disclosures`,
`disclosure_acknowledgements`, `oversight_entries`, none of which ever changes.
"""
