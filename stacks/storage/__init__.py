"""The stack with the buckets and the key of a project."""
