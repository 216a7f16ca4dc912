"""One handler for each resource type and function of the AWS provider, by AWS service.

Importing this package imports all of its modules, and with that registers every handler.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

for _found in iter_modules(__path__):
    import_module(f"{__name__}.{_found.name}")
