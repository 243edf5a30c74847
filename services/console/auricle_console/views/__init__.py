"""What the templates draw: contracts made ready to be read. Pure; templates only place what stands here."""
