"""One module for each external tool; none of them knows another."""
