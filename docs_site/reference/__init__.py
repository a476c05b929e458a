"""Pages that are generated from the project's code, in each language."""
