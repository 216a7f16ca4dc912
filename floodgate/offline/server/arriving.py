"""An HTTP request as it arrived, and its body as the client meant it."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from urllib.parse import parse_qs

# what belongs to the connection, not to the request
_HOP_BY_HOP = {"connection", "proxy-connection", "keep-alive", "transfer-encoding", "te", "upgrade", "expect"}


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request.

    Args:
        method: in capitals.
        target: path and query as they stood in the request line.
        headers: with the names as they were written, which S3's metadata keeps.
        body: whole.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path, still encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """What stands behind the question mark, still encoded."""
        return self.target.partition("?")[2]

    @property
    def folded(self) -> dict[str, str]:
        """The headers by their lower-case names."""
        return {name.lower(): value for name, value in self.headers.items()}

    def form(self, name: str) -> str:
        """A field of a form in the body, or of the query; empty where there is none."""
        if "x-www-form-urlencoded" in self.folded.get("content-type", "") and len(self.body) < 1 << 20:
            given = parse_qs(self.body.decode(errors="replace"))
            if name in given:
                return given[name][0]
        return parse_qs(self.query).get(name, [""])[0]


def meant(arrived: Arrived) -> Arrived:
    """The request without what only served its transport: chunks with signatures, and compression."""
    headers = {name: value for name, value in arrived.headers.items() if name.lower() not in _HOP_BY_HOP}
    plain = replace(arrived, headers=headers)
    folded = plain.folded
    if "aws-chunked" in folded.get("content-encoding", "") or folded.get("x-amz-content-sha256", "").startswith(
        "STREAMING-"
    ):
        return _unchunked(plain)
    if folded.get("content-encoding") == "gzip" and folded.get("content-type", "").startswith("application/"):
        return _with_body(plain, gzip.decompress(plain.body), drop={"content-encoding"})
    return plain


def _unchunked(arrived: Arrived) -> Arrived:
    """The body without AWS's framing, its trailer among the headers.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and sigv4-streaming-trailers.html there.
    """
    stream, parts = BytesIO(arrived.body), []
    while size := int((stream.readline().split(b";")[0].strip() or b"0"), 16):
        parts.append(stream.read(size))
        stream.readline()
    trailer = dict(line.decode().strip().split(":", 1) for line in stream if b":" in line)
    codings = [part.strip() for part in arrived.folded.get("content-encoding", "").split(",")]
    left = ",".join(part for part in codings if part and part != "aws-chunked")
    added = {name.strip(): value.strip() for name, value in trailer.items() if "signature" not in name}
    added |= {"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"} | ({"Content-Encoding": left} if left else {})
    drop = {"content-encoding", "x-amz-content-sha256", "x-amz-decoded-content-length", "x-amz-trailer"}
    return _with_body(arrived, b"".join(parts), drop=drop, add=added)


def _with_body(arrived: Arrived, body: bytes, *, drop: set[str], add: Mapping[str, str] = {}) -> Arrived:
    kept = {name: value for name, value in arrived.headers.items() if name.lower() not in {*drop, "content-length"}}
    return replace(arrived, headers={**kept, **add, "Content-Length": str(len(body))}, body=body)
