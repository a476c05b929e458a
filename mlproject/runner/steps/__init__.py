"""One module per kind of step: what it needs, what it runs, what it returns."""
