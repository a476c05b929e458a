"""Runs of a pipeline that is deployed in the embedded AWS: its record, its roles, its permissions."""
