"""Coaching of agents: tasks with their effect, and good examples. Writes `coaching_tasks`, `good_examples`.

open ── the agent read it ──► acknowledged ── the agent, or who coaches ──► done
  └──────── who coaches ────────────┴─────────────────────────────────────► withdrawn
"""
