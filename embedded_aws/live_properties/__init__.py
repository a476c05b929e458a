"""What the services show of the deployed resources, in the words of templates; importing it registers every reader.

Drift detection compares it with the templates, and the contract tests of the handlers with what they applied.
"""

from __future__ import annotations

import importlib
import pkgutil

from embedded_aws.live_properties.registry import (
    READERS,
    Services,
    Shown,
    or_nothing,
    pick,
    reader,
    tagged_resources,
    user_tags,
)

__all__ = ["READERS", "Services", "Shown", "or_nothing", "pick", "reader", "tagged_resources", "user_tags"]

for _module in pkgutil.iter_modules(__path__, prefix=f"{__name__}."):
    importlib.import_module(_module.name)
