"""A campaign of faults: break something while a command works, then judge what is left and the next command."""
