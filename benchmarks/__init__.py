"""Benchmarks, which compare candidates in one run and whose results are committed. No test asserts a time."""
