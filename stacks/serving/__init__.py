"""The stack that serves a version of a project's model."""
