"""Statistics: per agent, and the panels of the dashboards."""
