"""Golden items: dialogues with what is right about them. Writes `golden_items`, `golden_labels`, `golden_settings`.

They are copies: masked, apart from retention, and only with the workspace's consent. A conversation that is deleted on request takes its
copies along (`items.forget`); one whose time of retention is over leaves them.
"""
