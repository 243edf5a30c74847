"""The domain: rules and what they say about a conversation. Pure; the rule files are read by `RuleSet.read` at the start.

RulesRequest ─► ConversationContext (read once) ─► each rule: words | clock ─► Fact ─► Answer
"""

from auricle_rules.answering.ruleset import RuleSet

__all__ = ["RuleSet"]
