"""HTTP: answers that need no model. A rule is a YAML file in `prompts/rules/` whose examples are its tests."""
