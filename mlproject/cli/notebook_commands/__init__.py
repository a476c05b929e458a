"""The commands of `mlproject notebook`."""
