"""Building blocks of the stacks, one file each, named after what they make in AWS."""
