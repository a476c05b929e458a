"""The resource types of the embedded AWS, one file per AWS service: importing this package registers every handler."""

from __future__ import annotations

import importlib
import pkgutil

from mlproject.embedded_aws.resources.handler import HANDLERS, Context, Handler, Properties

__all__ = ["HANDLERS", "Context", "Handler", "Properties"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
