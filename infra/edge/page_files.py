"""The service's pages that the edge serves by itself: which file has which key, type and age, and what it may run.

They are read from the project's folder `app/pages`, as files: the infrastructure does not import the service.
"""

from __future__ import annotations

import base64
import hashlib
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

PAGES = Path(__file__).resolve().parents[2] / "app" / "pages"
WAITING_PAGE = PAGES / "wait" / "index.html"
# a page changes during an opening at most to mend it, and must then be new within a minute
_AGES_S = {"wait": 60, "book": 60, "draw": 60, "shared": 60, "static": 86_400}


@dataclass(frozen=True, slots=True)
class PageFile:
    """One object of the bucket: its keys (a folder's page has two), file, type and how long it may be kept."""

    keys: tuple[str, ...]
    file: Path
    content_type: str
    cache_control: str


def page_files(root: Path = PAGES) -> Iterator[PageFile]:
    """The files that the edge serves, by folder and path; the operators' are for the servers."""
    for folder, age_s in _AGES_S.items():
        for file in sorted(path for path in (root / folder).rglob("*") if path.is_file()):
            key = file.relative_to(root).as_posix()
            keys = (key, key.removesuffix("index.html")) if file.name == "index.html" else (key,)
            yield PageFile(keys, file, _content_type(file), f"public, max-age={age_s}")


def content_security_policy(page: str) -> str:
    """What a page with its scripts and styles inside may do: run those, by their hashes, and ask its own origin.

    Source: https://www.w3.org/TR/CSP3/#hash-usage
    """
    found = _Inline()
    found.feed(page)
    sources = {name: " ".join(["'self'", *map(_hash, texts)]) for name, texts in found.texts.items()}
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src {sources['script']}",
            f"style-src {sources['style']}",
            "img-src 'self' data:",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def _content_type(file: Path) -> str:
    known, _ = mimetypes.guess_type(file.name)
    # a table of the machine may call a script by an older name
    known = "text/javascript" if file.suffix in {".js", ".mjs"} else known or "application/octet-stream"
    return f"{known}; charset=utf-8" if known.startswith("text/") or known.endswith("json") else known


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
