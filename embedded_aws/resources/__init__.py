"""The resource types of the embedded AWS, one file per AWS service: importing this package registers every handler.

A new type is a class with `@handler` in its service's file, which names the properties that it applies and calls
the service's own API; a case in tests/embedded_aws/resources/cases.py and a reader beside it drive it through its
life. The contract test fails as long as one of them is missing.
"""

from __future__ import annotations

import importlib
import pkgutil

from embedded_aws.resources.handler import HANDLERS, Context, Handler, Properties

__all__ = ["HANDLERS", "Context", "Handler", "Properties"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
