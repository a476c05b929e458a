"""What moto lacks of SageMaker, or does differently."""
