"""What is broken: a module for each command or process with state."""
