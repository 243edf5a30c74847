"""People of a workspace: who they are (`directory`), their `teams`, what opens the door (`credentials`) and their `sessions`.

Writes the tables `people`, `memberships`, `agent_references`, `teams` and `sessions`.
"""
