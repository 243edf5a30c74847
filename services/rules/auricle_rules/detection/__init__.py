"""Error classes found by rule: a detector a class, data in `prompts/detectors/`, code where data cannot say it. Pure.

RulesRequest ─► ConversationContext ─► each detector: marks | check ─► Verdict with its evidence
"""
