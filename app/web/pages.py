"""Static files of `app/pages`, the same for everybody: read, compressed and given their headers once, at the start."""

from __future__ import annotations

import base64
import gzip
import hashlib
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import WrongMethod
from app.web import headers
from app.web.headers import Header
from app.web.wire import Message, Receive, Scope, Send

# the waiting page changes during an opening at most to mend it, and must then be new within a minute
PAGE_AGE_S = 60
STATIC_AGE_S = 86_400
# below this, gzip's own frame eats what is saved
LEAST_WORTH_COMPRESSING = 256
COMPRESSIBLE = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
READING = frozenset({"GET", "HEAD"})
_SCRIPTS = {".js", ".mjs"}
_TYPES = {".webmanifest": "application/manifest+json", ".woff2": "font/woff2", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to send a file: as it is, or compressed."""

    start: Message
    body: Message


class StaticFile:
    """One file as a bare ASGI application."""

    def __init__(self, content: bytes, kind: str, max_age_s: int, security: tuple[Header, ...]) -> None:
        tag = b'"' + base64.urlsafe_b64encode(hashlib.sha256(content).digest()[:12]) + b'"'
        self._tag = tag
        self._headers = [
            (b"content-type", kind.encode()),
            (b"cache-control", f"public, max-age={max_age_s}".encode()),
            (b"etag", tag),
            (b"vary", b"accept-encoding"),
            *security,
        ]
        self._plain = self._form(content)
        self._gzipped = self._compressed(content, kind)
        self._unchanged = {"type": "http.response.start", "status": 304, "headers": self._headers[1:]}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it, compressed where the browser takes that, or tell that it has not changed."""
        if scope["method"] not in READING:
            raise WrongMethod("a page can only be read; use GET")
        asked = dict(scope["headers"])
        if self._tag in asked.get(b"if-none-match", b""):
            await send(self._unchanged)
            await send({"type": "http.response.body", "body": b""})
            return
        form = self._gzipped if b"gzip" in asked.get(b"accept-encoding", b"") else self._plain
        await send(form.start)
        await send(form.body)

    def _form(self, content: bytes, *more: Header) -> _Form:
        sent = [*self._headers, *more, (b"content-length", str(len(content)).encode())]
        start = {"type": "http.response.start", "status": 200, "headers": sent}
        return _Form(start, {"type": "http.response.body", "body": content})

    def _compressed(self, content: bytes, kind: str) -> _Form:
        if len(content) < LEAST_WORTH_COMPRESSING or not kind.startswith(COMPRESSIBLE):
            return self._plain
        # a fixed time, so that every server sends the same bytes
        return self._form(gzip.compress(content, 9, mtime=0), (b"content-encoding", b"gzip"))


class Redirect:
    """Sends people on to another path of ours, for good."""

    def __init__(self, to: str, security: tuple[Header, ...]) -> None:
        sent = [
            (b"location", to.encode()),
            (b"cache-control", f"public, max-age={PAGE_AGE_S}".encode()),
            (b"content-length", b"0"),
            *security,
        ]
        self._start = {"type": "http.response.start", "status": 308, "headers": sent}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send them on."""
        if scope["method"] not in READING:
            raise WrongMethod("a page can only be read; use GET")
        await send(self._start)
        await send({"type": "http.response.body", "body": b""})


def static_pages(root: Path, *, encrypted: bool) -> dict[str, StaticFile | Redirect]:
    """Every file of `root` by its path; a folder's `index.html` at the folder, whose bare name leads there."""
    found: dict[str, StaticFile | Redirect] = {}
    of_data = headers.security(headers.POLICY_OF_DATA, encrypted=encrypted)
    for path, file in _files(root):
        found[path] = _read(path, file, encrypted=encrypted)
        if path.endswith("/") and path != "/":
            found[path.rstrip("/")] = Redirect(path, of_data)
    return {"/": Redirect("/wait/", of_data), **found}


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted(root.rglob("*")):
        inside = file.relative_to(root)
        # a page's own folder only; what stands beside the folders is for its makers
        if file.is_file() and len(inside.parts) > 1 and not any(part.startswith(("_", ".")) for part in inside.parts):
            yield f"/{inside.as_posix()}".removesuffix("index.html"), file


def _read(path: str, file: Path, *, encrypted: bool) -> StaticFile:
    content = file.read_bytes()
    kind = content_type(file)
    is_page = kind.startswith("text/html")
    # a service worker asks the network under the policy that its own script came with
    policy = headers.policy_of_page(content.decode()) if is_page else headers.POLICY_OF_FILES
    # a page and its own scripts must fit together, so only what pages share may stay
    age_s = STATIC_AGE_S if path.startswith("/static/") else PAGE_AGE_S
    return StaticFile(content, kind, age_s, headers.security(policy, encrypted=encrypted))


def content_type(file: Path) -> str:
    """The type of a file by its name, the same on every machine."""
    known = "text/javascript" if file.suffix in _SCRIPTS else _TYPES.get(file.suffix)
    known = known or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return f"{known}; charset=utf-8" if known.startswith("text/") or known.endswith("json") else known
