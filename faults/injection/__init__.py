"""The faults: each function breaks one thing at a point that a number chooses."""
