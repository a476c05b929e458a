"""Checks across several keys or files, in addition to the validation of single values."""
