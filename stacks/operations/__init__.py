"""The stack with the alarms, budget, dashboard and schedule of a project."""
