"""Subcommands of `mlproject spark`, one file each."""
