"""Where people are reached, encrypted before it leaves this process (AES-256-GCM, NIST SP 800-38D).

A sealed contact opens only together with the person it belongs to, so it cannot be moved to somebody else's booking.
The nonce is made of the contact and the person by a keyed hash (as in RFC 8452, "synthetic"): a request that is sent
twice is the same request, and no nonce comes twice with different contents.
"""

from __future__ import annotations

import hmac

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.errors import BadInput
from app.keys import Keys
from app.reservations.values import Who
from app.web.messages import Contact

NONCE_BYTES = 12
# the key that seals; contacts that an earlier one sealed still open, since its number stands in their first byte
KEY_ID = 1


class Contacts:
    """Seals and opens contacts.

    Args:
        keys: of the service.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def encrypt(self, contact: Contact, who: Who) -> bytes:
        """A contact for the database: key id, nonce, ciphertext with its tag."""
        plain = msgspec.json.encode(contact)
        bound_to = _bound_to(who.opening, who.person)
        nonce_key = self._keys.derive(f"contact-nonce/{KEY_ID}")
        nonce = hmac.digest(nonce_key, len(bound_to).to_bytes(4) + bound_to + plain, "sha256")[:NONCE_BYTES]
        return bytes([KEY_ID]) + nonce + self._cipher(KEY_ID).encrypt(nonce, plain, bound_to)

    def decrypt(self, sealed: bytes, opening: str, person: bytes) -> Contact:
        """The contact of this person.

        Raises:
            BadInput: it was changed, or belongs to somebody else, or the service has another secret now.
        """
        nonce, cipher_text = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            plain = self._cipher(sealed[0]).decrypt(nonce, cipher_text, _bound_to(opening, person))
        except (InvalidTag, ValueError, IndexError):
            raise BadInput(
                "a contact cannot be opened; use the secret and the person that it was sealed with"
            ) from None
        return msgspec.json.decode(plain, type=Contact)

    def _cipher(self, key_id: int) -> AESGCM:
        return AESGCM(self._keys.derive(f"contact/{key_id}"))


def _bound_to(opening: str, person: bytes) -> bytes:
    return person + opening.encode()
