"""What the services show of each resource type: the readers of drift detection."""

from embedded_aws.live_properties import READERS, Shown, or_nothing, pick, reader

__all__ = ["READERS", "Shown", "or_nothing", "pick", "reader"]
