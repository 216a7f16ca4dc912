"""Requests that another site's page makes a browser send are refused, without tokens, so that pages stay cacheable.

The rules are those of Go 1.25's `http.CrossOriginProtection`
(https://pkg.go.dev/net/http#CrossOriginProtection): browsers say in `Sec-Fetch-Site` where a request comes from, older
ones send `Origin`, and what is no browser sends neither and carries nobody's cookies.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from app.errors import NotAllowed

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def refuse_cross_site(method: str, headers: dict[str, str]) -> None:
    """Let a request pass that reads, that comes from our own pages, or that no browser sent.

    Args:
        method: in capitals.
        headers: by name in lower case.

    Raises:
        NotAllowed: with the code ``cross-site``.
    """
    if method in SAFE_METHODS:
        return
    site = headers.get("sec-fetch-site", "")
    if site in {"same-origin", "none"}:
        return
    if not site:
        origin = headers.get("origin", "")
        if not origin or _host(origin) == headers.get("host"):
            return
    raise NotAllowed(
        "a page of another site sent this request, but only our own pages may; open the page of this service",
        code="cross-site",
    )


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None
