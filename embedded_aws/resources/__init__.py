"""The resource types of the embedded AWS; importing this package registers every handler.

There is a file or a folder for each AWS service. A new type is a class with `@handler` in its service's file, which
names the properties that it applies and calls the service's own API. A case and a reader in
tests/embedded_aws/resources drive it through its life: the contract test fails as long as one of them is missing.
"""

from __future__ import annotations

import importlib
import pkgutil

from embedded_aws.resources.handler import HANDLERS, Context, Handler, Properties

__all__ = ["HANDLERS", "Context", "Handler", "Properties"]

for _module in pkgutil.walk_packages(__path__, prefix=f"{__name__}."):
    importlib.import_module(_module.name)
