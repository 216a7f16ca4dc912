"""Every key of the service, derived from one secret by HKDF (RFC 5869).

One secret is all that a fleet must share, and a derived key that leaks opens nothing else. Signing keys have a number
that counts days, so they rotate by themselves and every server knows them without being told.
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ROTATION_S = 86_400
LEAST_SECRET_LENGTH = 32


class Keys:
    """The keys of one service.

    Args:
        secret: at least 32 characters that nobody can guess; the same on every server.

    Raises:
        ValueError: the secret is shorter.
    """

    def __init__(self, secret: str) -> None:
        if len(secret) < LEAST_SECRET_LENGTH:
            raise ValueError(
                f"the service's secret has {len(secret)} characters, but needs {LEAST_SECRET_LENGTH}; give a longer one"
            )
        self._secret = secret.encode()
        self.derive = lru_cache(maxsize=256)(self._derive)

    def signing(self, purpose: str, key_id: int) -> bytes:
        """The key `key_id` that signs `purpose` (``ticket``, ``pass``, ``receipt``, ``operator``); 32 bytes."""
        return self.derive(f"{purpose}/{key_id}")

    def _derive(self, purpose: str) -> bytes:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"floodgate/{purpose}".encode())
        return derived.derive(self._secret)


def key_id(now_s: float) -> int:
    """The number of the key that signs at this time: whole days since 1970."""
    return int(now_s // ROTATION_S)


def accepted(key: int, now_s: float, kept_days: int = 1) -> bool:
    """Whether a signature by this key still counts: today's and yesterday's, and a minute of tomorrow's.

    Servers' clocks differ by less than a minute. `kept_days` is for what must count longer, a receipt for instance.
    """
    return key_id(now_s) - kept_days <= key <= key_id(now_s + 60)
