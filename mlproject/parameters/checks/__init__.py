"""Checks across several keys or files, after each value was found valid by itself."""
