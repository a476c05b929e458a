"""What moto lacks of EC2, or does differently."""
