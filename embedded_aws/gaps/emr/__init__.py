"""What moto lacks of EMR, or does differently."""
