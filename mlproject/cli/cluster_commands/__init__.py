"""The commands `mlproject cluster ...` in files of their own."""
