"""`auricle gate`: a candidate on golden items, beside what is live."""
