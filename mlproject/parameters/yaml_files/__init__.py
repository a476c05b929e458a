"""Read YAML into values that remember the file and line where each was written."""
