"""The command `mlproject`: one module per command, thin; each has `register(app)`."""
