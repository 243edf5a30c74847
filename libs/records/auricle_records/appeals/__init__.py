"""Appeals: an agent contests an answer or a finding of an own conversation, somebody else decides. Writes `appeals`, `appeal_changes`,
`appeal_settings`.

open ── decide ──► accepted | partly | rejected: the verdict of who decides is written in the same transaction
   └─── withdraw ─► withdrawn
"""
