"""S3: objects live in memory and go without a word.

Moto keeps each object in a temporary file and warns when Python forgets one, as it does with every world that ends.
"""

from __future__ import annotations

from io import BytesIO
from types import SimpleNamespace
from typing import Any

import moto.s3.models
from moto.s3.models import FakeKey

from floodgate.offline.repairs.patching import patch, replace


def _in_memory(max_size: int) -> BytesIO:
    del max_size
    return BytesIO()


replace(moto.s3.models, "tempfile", SimpleNamespace(SpooledTemporaryFile=_in_memory))


def apply() -> None:
    """Importing this module has applied its repairs."""


@patch(FakeKey, "dispose")
def dispose_without_a_word(self: Any, garbage: bool = False) -> None:
    """There is nothing to close that Python would not close."""
    del garbage
    dispose_without_a_word.original(self)
