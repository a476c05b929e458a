"""S3's resource types."""
