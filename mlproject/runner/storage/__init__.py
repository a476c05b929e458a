"""Objects, archives, run folders and the step cache."""
