"""What several commands share: sessions, confirmation, the CDK CLI, output."""
