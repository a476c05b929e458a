"""Subcommands of `mlproject notebook`, one file each."""
