"""Notices: what people are told by mail. `gathering` makes them of what stands in the tables, `mailing` hands them out until they are
sent, `settings` is what a person wants of them. Writes `notices` and `notice_settings`.

event in its own table ── gathering, once a person and event ──► pending ── mailing ──► sent ──► pruned
                                                                    └── failed: pending again at `next_at`, or dead ──► pruned
"""
