"""Constructs that several stacks use; what only one uses is in the folder of that stack."""
