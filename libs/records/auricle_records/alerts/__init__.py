"""Alerts: `rules` and `destinations` are what people wrote, `measuring` reads what a rule looks at, `judging` says whether it rings,
`incidents` keeps what rang, `deliveries` each telling until it is done, `settings` the quiet hours.

rule ── measured, rings ──► alert `open` ──► `acknowledged` ──► `closed`: by a person, or when it rings no more
                              └── a delivery for each destination: pending ──► sent, or dead
"""
