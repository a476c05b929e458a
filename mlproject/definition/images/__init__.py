"""The images of containers: those that AWS publishes in a region, and those that a definition uses."""
