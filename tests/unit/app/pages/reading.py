"""The files of `app/pages`, read as text: what stands in catalogues, markup and colours."""

import re
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
PAGES = ROOT / "app" / "pages"
WAIT = PAGES / "wait" / "index.html"
HTML = sorted(PAGES.rglob("*.html"))
FILES = sorted(path for path in PAGES.rglob("*") if path.suffix in {".html", ".js", ".css"})
_TEXT = r'"((?:[^"\\]|\\.)*)"'
_ENTRY = re.compile(rf'(?:"([\w-]+)"|\b([\w]+)): ?\[\s*{_TEXT},\s*{_TEXT},?\s*\]')


def words_of(path):
    """A catalogue: key to Korean and English text."""
    text = path.read_text(encoding="utf-8")
    return {quoted or bare: (ko, en) for quoted, bare, ko, en in _ENTRY.findall(text)}


def catalogues():
    """Every catalogue by the page it belongs to."""
    found = {path.parent.name: words_of(path) for path in PAGES.rglob("words.js")}
    return {**found, "wait": words_of(WAIT), "problems": words_of(PAGES / "shared" / "problems.js")}


class Markup(HTMLParser):
    """The elements of a page: tag and attributes of each."""

    def __init__(self, path):
        super().__init__()
        self.elements = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def all_of(self, name):
        """The values of an attribute, wherever it stands."""
        return [attributes[name] for _, attributes in self.elements if name in attributes]


def colours(path):
    """The custom properties of a style: light ones, and those of the dark."""
    text = path.read_text(encoding="utf-8")
    light, dark = re.findall(r":root\s*\{([^}]*)\}", text)[:2]
    read = [dict(re.findall(r"--(\w+):\s*(#[0-9a-f]{3,6})", block)) for block in (light, dark)]
    return {"light": read[0], "dark": {**read[0], **read[1]}}


def contrast(one, other):
    """The contrast of two colours (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour):
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
