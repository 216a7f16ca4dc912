"""Under which names a person stands in the line: keyed hashes, so that the store holds nothing about anybody."""

from __future__ import annotations

import hmac
import re
import unicodedata
from typing import Literal

from app.keys import Keys

ALIAS_BYTES = 16
Kind = Literal["device", "keep"]


def alias(keys: Keys, opening: str, kind: Kind, value: str) -> bytes:
    """The 16-byte alias of a device key or a word of the person's own, for one opening only.

    A word is the same with other spaces, hyphens, capitals or composed letters (Hangul typed on another system).
    """
    if kind == "keep":
        # a word of nothing but spaces stays as it is, or all such words would be one person
        value = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", value).casefold()) or value
    return hmac.digest(keys.derive(f"alias/{opening}"), f"{kind}/{value}".encode(), "sha256")[:ALIAS_BYTES]


def aliases(keys: Keys, opening: str, device: str, keep: str | None) -> list[bytes]:
    """The aliases of one join: the device first, so that a tab keeps the place that it shows."""
    return [alias(keys, opening, "device", device), *([alias(keys, opening, "keep", keep)] if keep else [])]
