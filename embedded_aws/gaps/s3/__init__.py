"""What moto lacks of S3, or does differently."""
