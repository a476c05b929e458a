"""Measurements, never asserted by time in a test: ratios, both sides in one run, results committed."""
