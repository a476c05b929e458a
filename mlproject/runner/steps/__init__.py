"""The kinds of steps, one module each: inputs, command and outputs."""
