"""Stack of an account's OIDC provider and of the roles that GitLab CI jobs assume."""
