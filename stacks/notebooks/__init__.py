"""The stack with the notebook instances of a project."""
