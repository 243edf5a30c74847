"""Appeals: agents contest answers and findings of own conversations, somebody who reviews decides."""
