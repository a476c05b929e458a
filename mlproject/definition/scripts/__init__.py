"""The scripts of steps: where they are, and whether their image can run them."""
