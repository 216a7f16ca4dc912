"""Static files as they are sent, from a folder made here; the product's own pages have tests of their own."""

import asyncio
import base64
import gzip
import hashlib

import pytest

from app.errors import WrongMethod
from app.web.pages import static_pages

SCRIPT = "console.log('가')"
PAGE = f"<!doctype html><title>x</title><style>p{{}}</style><script>{SCRIPT}</script>" + "<p>text</p>" * 100


@pytest.fixture
def pages(tmp_path):
    for path, content in {
        "wait/index.html": PAGE,
        "wait/sw.js": "self.x = 1",
        "static/app.js": "let x = 1;\n" * 100,
        "static/logo.svg": "<svg/>",
        "README.md": "for its makers",
        "static/.hidden": "x",
    }.items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(content)
    return static_pages(tmp_path, encrypted=True)


def ask(app, method="GET", **headers):
    sent = []

    async def send(message):
        sent.append(message)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(app({"type": "http", "method": method, "headers": named}, None, send))
    start, body = sent
    return start["status"], dict(start["headers"]), body["body"]


def test_every_file_of_a_folder_is_served_and_nothing_beside(pages):
    assert set(pages) == {"/", "/wait", "/wait/", "/wait/sw.js", "/static/app.js", "/static/logo.svg"}


def test_the_root_and_a_folder_without_its_slash_lead_to_a_page(pages):
    assert ask(pages["/"])[1][b"location"] == b"/wait/"
    assert ask(pages["/wait"])[1][b"location"] == b"/wait/"


def test_a_page_is_compressed_for_whoever_takes_it_and_whole_for_others(pages):
    plain, compressed = ask(pages["/wait/"]), ask(pages["/wait/"], accept_encoding="br, gzip")
    assert plain[2] == PAGE.encode()
    assert gzip.decompress(compressed[2]) == PAGE.encode()
    assert compressed[1][b"content-encoding"] == b"gzip"
    assert b"content-encoding" not in plain[1]
    assert plain[1][b"vary"] == b"accept-encoding"
    assert int(compressed[1][b"content-length"]) == len(compressed[2])


def test_an_unchanged_page_is_not_sent_again(pages):
    tag = ask(pages["/wait/"])[1][b"etag"].decode()
    status, headers, body = ask(pages["/wait/"], if_none_match=f'"other", {tag}')
    assert (status, body) == (304, b"")
    assert b"cache-control" in headers


def test_a_page_may_run_what_stands_inside_it_and_nothing_else_inline(pages):
    policy = ask(pages["/wait/"])[1][b"content-security-policy"].decode()
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_the_service_worker_may_ask_the_service(pages):
    # a worker's requests are judged by the policy that its own script came with
    assert b"default-src 'self'" in ask(pages["/wait/sw.js"])[1][b"content-security-policy"]


@pytest.mark.parametrize(
    ("path", "kind", "age"),
    [
        ("/wait/", b"text/html; charset=utf-8", b"public, max-age=60"),
        ("/wait/sw.js", b"text/javascript; charset=utf-8", b"public, max-age=60"),
        ("/static/app.js", b"text/javascript; charset=utf-8", b"public, max-age=86400"),
        ("/static/logo.svg", b"image/svg+xml", b"public, max-age=86400"),
    ],
)
def test_types_and_ages_are_those_of_the_file(pages, path, kind, age):
    headers = ask(pages[path])[1]
    assert (headers[b"content-type"], headers[b"cache-control"]) == (kind, age)
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert b"strict-transport-security" in headers


def test_a_page_cannot_be_posted_to(pages):
    with pytest.raises(WrongMethod):
        ask(pages["/wait/"], "POST")
