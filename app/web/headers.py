"""Headers of every answer, built once at the start as the bytes that are sent.

Sources: https://owasp.org/www-project-secure-headers/ and, for the hashes, https://www.w3.org/TR/CSP3/#hash-usage.
"""

from __future__ import annotations

import base64
import hashlib
from html.parser import HTMLParser

Header = tuple[bytes, bytes]

HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
NO_STORE = (b"cache-control", b"no-store")
# JSON is never shown as a page; whoever opens it as one may not run or load anything
POLICY_OF_DATA = "default-src 'none'; frame-ancestors 'none'"
POLICY_OF_FILES = "default-src 'self'; frame-ancestors 'none'"
_SHARED_BY_PAGES = (
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)


def security(content_security_policy: str, *, encrypted: bool) -> tuple[Header, ...]:
    """What browsers must not do with an answer.

    Args:
        content_security_policy: of this kind of answer.
        encrypted: whether people come by TLS; on a developer's machine they do not.
    """
    headers = (
        (b"content-security-policy", content_security_policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
    )
    return (*headers, HSTS) if encrypted else headers


def policy_of_page(page: str) -> str:
    """The content security policy of a page: its own files, and the scripts and styles inside it by their hashes."""
    found = _Inline()
    found.feed(page)
    scripts, styles = (" ".join(["'self'", *map(_hash, found.texts[name])]) for name in ("script", "style"))
    return f"default-src 'self'; script-src {scripts}; style-src {styles}; {_SHARED_BY_PAGES}"


def set_cookie(name: str, value: str, max_age_s: int, *, encrypted: bool, same_site: str = "Lax") -> Header:
    """A cookie that scripts cannot read; an age of 0 takes it away."""
    secure = "; Secure" if encrypted else ""
    text = f"{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite={same_site}{secure}"
    return (b"set-cookie", text.encode("ascii"))


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


class _Inline(HTMLParser):
    """The texts of a page's inline scripts and styles, as a browser hashes them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self._inside: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notice where an inline script or style begins."""
        if tag in self.texts and "src" not in dict(attrs):
            self._inside = tag
            self.texts[tag].append("")

    def handle_data(self, data: str) -> None:
        """Take its text."""
        if self._inside is not None:
            self.texts[self._inside][-1] += data

    def handle_endtag(self, tag: str) -> None:
        """Notice its end."""
        if tag == self._inside:
            self._inside = None
