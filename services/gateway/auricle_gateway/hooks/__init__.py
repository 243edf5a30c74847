"""Hooks: what telephony and helpdesks post in their own form, mapped to conversations by the files of prompts/integrations."""
