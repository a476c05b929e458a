"""The pydantic models of environments.yaml and project.yaml: what people may write, one key at a time."""
