"""EventBridge's resource types."""
