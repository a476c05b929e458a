"""API destinations of EventBridge: requests to other systems, of which only registered ones are called."""

from embedded_aws.api_destinations.addresses import Addresses, configure_addresses

__all__ = ["Addresses", "configure_addresses"]
