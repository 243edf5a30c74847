"""Results: transcript, evaluation, digest and recipe of a conversation."""
