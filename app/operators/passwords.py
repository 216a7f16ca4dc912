"""Operators' passwords, as scrypt hashes in the PHC string format.

``$scrypt$ln=15,r=8,p=3$<salt>$<hash>``: parameters stand in the hash, so that a later default changes no old one. They
are those of https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html (scrypt, 32 MB). The
format: https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from base64 import b64decode, b64encode
from dataclasses import dataclass

from app.errors import SetupError

# NIST SP 800-63B-4, 3.1.1.2: a password that is the only proof
LEAST_LENGTH = 15
SALT_BYTES = 16
LOG_N, BLOCK, PARALLEL = 15, 8, 3
# whoever writes settings can slow us down, but not fill the memory
MOST_MEMORY = 128 * 1024 * 1024
_FORM = re.compile(
    r"\$scrypt\$ln=([1-9][0-9]?),r=([1-9][0-9]?),p=([1-9][0-9]?)\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})"
)


@dataclass(frozen=True, slots=True)
class Hash:
    """A parsed hash."""

    log_n: int
    block: int
    parallel: int
    salt: bytes
    digest: bytes

    def __str__(self) -> str:
        """In the PHC string format."""
        head = f"$scrypt$ln={self.log_n},r={self.block},p={self.parallel}"
        return f"{head}${_text(self.salt)}${_text(self.digest)}"


def hashed(password: str, salt: bytes) -> str:
    """The hash of a new password.

    Args:
        password: in any form of Unicode.
        salt: 16 random bytes.

    Raises:
        ValueError: it is shorter than 15 characters.
    """
    if len(password) < LEAST_LENGTH:
        raise ValueError(
            f"the password has {len(password)} characters, but needs {LEAST_LENGTH}; a few words together are good"
        )
    unfinished = Hash(LOG_N, BLOCK, PARALLEL, salt, b"")
    return str(Hash(LOG_N, BLOCK, PARALLEL, salt, _digest(password, unfinished, 32)))


def parsed(text: str) -> Hash:
    """A hash of the settings.

    Raises:
        SetupError: it is no such hash, or needs more than 128 MB.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise SetupError("an operator's password hash is not of the form $scrypt$...; make one with operator-password")
    log_n, block, parallel = (int(found[group]) for group in (1, 2, 3))
    if 128 * block * 2**log_n > MOST_MEMORY:
        raise SetupError(
            f"an operator's password hash has ln={log_n}, which needs more than 128 MB; make one with operator-password"
        )
    return Hash(log_n, block, parallel, _bytes(found[4]), _bytes(found[5]))


def matches(password: str, stored: Hash) -> bool:
    """Whether this is the password; takes about a quarter of a second, and as long for a wrong one."""
    return hmac.compare_digest(_digest(password, stored, len(stored.digest)), stored.digest)


# nobody's: compared with where there is no such operator, so that the time taken does not tell names
NOBODY = Hash(LOG_N, BLOCK, PARALLEL, bytes(SALT_BYTES), bytes(32))


def _digest(password: str, stored: Hash, length: int) -> bytes:
    # NFC and nothing more: RFC 8265, section 4.2; half characters cannot be encoded and match nothing
    word = unicodedata.normalize("NFC", password).encode("utf-8", errors="replace")
    return hashlib.scrypt(
        word,
        salt=stored.salt,
        n=2**stored.log_n,
        r=stored.block,
        p=stored.parallel,
        maxmem=2 * MOST_MEMORY,
        dklen=length,
    )


def _text(value: bytes) -> str:
    return b64encode(value).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4))
