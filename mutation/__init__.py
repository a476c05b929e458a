"""Mutation testing of the pure core: mutmut changes a function, and its tests must notice."""
