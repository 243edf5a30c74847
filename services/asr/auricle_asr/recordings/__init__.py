"""From the bytes as received to 16 kHz tracks: what is it, decode it where it can do no harm, look at its level."""
