"""The domain: from words on tracks to turns of participants. Pure: no file, clock or engine is touched here."""
