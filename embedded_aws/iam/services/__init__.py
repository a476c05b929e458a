"""Services whose permissions depend on more than the table of resources: objects, keys, roles."""
