"""Articles of a knowledge base: documents read in a sandbox, and cut into passages whose ids outlive changes. It knows no store.

`reading` is the door; nothing is imported here, as the sandbox's child starts anew for each document.
"""
