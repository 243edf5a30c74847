"""From sound to words: where speech is, how it is cut into windows, which engine hears it, and what of it is to be believed."""
