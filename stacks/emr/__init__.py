"""The stack with the EMR cluster of a project."""
