"""Short signed texts: version, number of the key, what is said, and HMAC-SHA256 cut to 16 bytes, in base64url.

There is one way to sign, so no field names it and none can be exchanged for a weaker one. Each purpose has keys of its
own (`app.keys`), so a ticket is never taken for a pass. Half of a SHA-256 tag is the least that RFC 2104 §5
recommends.
"""

from __future__ import annotations

import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64

from app.keys import Keys, accepted, key_id

VERSION = 1
TAG_BYTES = 16
# a cookie's worth; nothing that we sign comes near it
MOST_CHARACTERS = 400
_HEAD = struct.Struct(">BH")


class BadSignature(ValueError):
    """Not signed by us for this purpose, too old, or changed on its way."""


class Signer:
    """Signs and opens what is said for one purpose.

    Args:
        keys: of the service.
        purpose: for which the keys are derived.
        kept_days: days after the day of signing on which the signature still counts.
    """

    def __init__(self, keys: Keys, purpose: str, kept_days: int = 1) -> None:
        self._keys = keys
        self._purpose = purpose
        self._kept_days = kept_days

    def sign(self, said: bytes, now_s: float) -> str:
        """The signed text, of letters, digits, ``-`` and ``_``."""
        key = key_id(now_s)
        signed = _HEAD.pack(VERSION, key) + said
        return urlsafe_b64encode(signed + self._tag(key, signed)).rstrip(b"=").decode()

    def open(self, text: str, now_s: float) -> bytes:
        """What a signed text says.

        Raises:
            BadSignature: for whatever is wrong with it.
        """
        raw = _decoded(text)
        if len(raw) < _HEAD.size + TAG_BYTES:
            raise BadSignature("too short")
        signed, tag = raw[:-TAG_BYTES], raw[-TAG_BYTES:]
        version, key = _HEAD.unpack_from(signed)
        # days are checked first, so that no text makes us derive keys without end
        if version != VERSION or not accepted(key, now_s, self._kept_days):
            raise BadSignature("of another version, or not of these days")
        if not hmac.compare_digest(tag, self._tag(key, signed)):
            raise BadSignature("not signed by us")
        return signed[_HEAD.size :]

    def _tag(self, key: int, signed: bytes) -> bytes:
        return hmac.digest(self._keys.signing(self._purpose, key), signed, "sha256")[:TAG_BYTES]


def _decoded(text: str) -> bytes:
    if len(text) > MOST_CHARACTERS or not text.isascii():
        raise BadSignature("too long, or not of letters, digits, - and _")
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except NoBase64 as error:
        raise BadSignature("not base64url") from error
    # the last character has unused bits, and the decoder skips what it does not know: one text for each meaning
    if urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise BadSignature("not the base64url that we write")
    return raw
