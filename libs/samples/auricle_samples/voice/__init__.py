"""Speech made from text, and the telephone line that it goes through."""
