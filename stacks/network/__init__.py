"""The stack with the network of an environment: its VPC, endpoints and flow logs."""
