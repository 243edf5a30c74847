"""Folders that a telephone exchange writes its recordings into, watched: each is sent once, what is said of it later is added."""
