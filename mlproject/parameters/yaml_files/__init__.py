"""Read YAML into values that keep the file and line where they were written."""
