"""All that happened in a world, written down as it happens, and made to happen again in a new one.

moto's answers depend on what was asked before, on the instant and on the state of its generator of ids; all three
are written down, and the answer's digest, so that a repetition that differs anywhere is noticed and not used. What
belongs to the making of one resource is written at once when it is made: a crash in the middle leaves nothing of it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict

from floodgate.offline.server import sources
from floodgate.offline.world import World

from moto.moto_api._internal import mock_random  # isort: skip - moto reads its switches when it is imported

# what only tells; told once between two changes, because a first look can move moto on (a balancer becomes active)
_READS = ("Describe", "Get", "List", "Head", "Lookup", "BatchGet", "Search", "Filter", "Check", "Simulate", "Validate")
# objects are large, and looking at them changes nothing
_NEVER = frozenset({"s3.GetObject", "s3.HeadObject", "s3.HeadBucket", "s3.ListObjects", "s3.ListObjectsV2"})

# the words of Python's generator, as random.getstate gives them
_WORDS = struct.Struct("<625I")

Entry = dict[str, Any]


class Journal:
    """A world's recorder, and the file that it writes.

    Args:
        world: whose calls are written down.
        file: is appended to; made when something changes for the first time.
    """

    def __init__(self, world: World, file: Path) -> None:
        self._world = world
        self._file = file
        self._together: list[str] | None = None
        self._seen: set[str] = set()
        self._words = b""
        self.calls = 0

    @contextmanager
    def making(self) -> Generator[None]:
        """What is told inside belongs together."""
        if self._together is not None:
            yield
            return
        self._together = []
        try:
            yield
        finally:
            lines, self._together = self._together, None
            if lines:
                self._append([_line({"begin": len(lines)}), *lines])

    def made(self, type_: str, name: str) -> None:
        """A resource was made."""
        self._note({"made": [type_, name]})

    def call(self, request: AWSPreparedRequest, operation: str, answer: Callable[[], AWSResponse]) -> AWSResponse:
        """Answer a request, and write both down unless it was a look that was looked before."""
        self.calls += 1
        if operation in _NEVER:
            return answer()
        entry = self._entry(request, operation)
        before = mock_random.getstate()
        try:
            with sources.of_call(self._world.now, _key(entry)):
                response = answer()
        except Exception as fault:
            entry["fault"] = type(fault).__name__
            self._keep(entry, operation, before)
            raise
        entry["answer"] = digest(response)
        self._keep(entry, operation, before)
        return response

    def _entry(self, request: AWSPreparedRequest, operation: str) -> Entry:
        body = request.body
        content = body.encode() if isinstance(body, str) else body.read() if hasattr(body, "read") else body or b""
        if hasattr(body, "read"):
            request.body = content
        headers = [[name, v.decode() if isinstance(v, bytes) else str(v)] for name, v in request.headers.items()]
        return {
            "call": operation,
            "now": self._world.now.isoformat(),
            "method": request.method,
            "url": request.url,
            "headers": headers,
            "body": base64.b64encode(bytes(content)).decode(),
        }

    def _keep(self, entry: Entry, operation: str, before: tuple[Any, ...]) -> None:
        looks = operation.rpartition(".")[2].startswith(_READS)
        if looks:
            # signatures and times differ in every request, and ask nothing
            same = f"{operation} {entry['url']} {entry['body']}"
            if same in self._seen:
                return
            self._seen.add(same)
        else:
            self._seen.clear()
        if mock_random.getstate() != before:
            entry["random"] = self._random(before)
        self._note(entry)

    def _random(self, state: tuple[Any, ...]) -> list[Any]:
        """Where the generator stands: its words once, and then only the place among them."""
        *words, place = state[1]
        packed = _WORDS.pack(*words, 0)
        if packed == self._words:
            return [place]
        self._words = packed
        return [place, base64.b64encode(packed).decode()]

    def _note(self, entry: Entry) -> None:
        if self._together is None:
            self._append([_line(entry)])
        else:
            self._together.append(_line(entry))

    def _append(self, lines: list[str]) -> None:
        with self._file.open("ab", buffering=0) as file:
            file.write("".join(lines).encode())


class Differs(Exception):  # noqa: N818 - it is what was found
    """What was written down does not happen again as it did."""


def digest(response: AWSResponse) -> str:
    """A short sum of what a response says."""
    return hashlib.sha256(f"{response.status_code}\n".encode() + response.content).hexdigest()[:24]


def entries(file: Path) -> tuple[list[Entry], int]:
    """What a journal holds, and its length without what a crash left unfinished at its end, in bytes."""
    if not file.exists():
        return [], 0
    found: list[Entry] = []
    whole, ends, waiting = 0, 0, 0
    kept = 0
    for line in file.read_bytes().splitlines(keepends=True):
        entry = _parsed(line)
        if entry is None:
            break
        ends += len(line)
        found.append(entry)
        waiting = entry["begin"] if "begin" in entry else max(0, waiting - 1)
        if not waiting:
            whole, kept = len(found), ends
    return found[:whole], kept


def repeat(world: World, journal: Path, answer: Callable[[AWSPreparedRequest, str], AWSResponse]) -> int:
    """Let everything happen again in a new world; how many calls that were.

    Args:
        world: in which nothing happened yet.
        journal: the file; what a crash left unfinished at its end is cut off.
        answer: gives what the world answers to a request.

    Raises:
        Differs: something is answered differently than it was.
    """
    found, length = entries(journal)
    if journal.exists() and journal.stat().st_size > length:
        os.truncate(journal, length)
    words = b""
    position = 0
    while position < len(found):
        together = found[position].get("begin", 0)
        group = found[position + 1 : position + 1 + together] if together else [found[position]]
        position += len(group) + bool(together)
        with world.in_place():
            outside = mock_random.getstate()
            for entry in group:
                words = _again(world, entry, words, answer)
            if together:
                mock_random.setstate(outside)
    return sum("call" in entry for entry in found)


def _again(world: World, entry: Entry, words: bytes, answer: Callable[[AWSPreparedRequest, str], AWSResponse]) -> bytes:
    """One entry once more; the generator's words that it and those after it stand on."""
    if "made" in entry:
        world.made(*entry["made"])
        return words
    world.now = _instant(entry["now"])
    if place := entry.get("random"):
        words = base64.b64decode(place[1]) if len(place) > 1 else words
        mock_random.setstate((3, (*_WORDS.unpack(words)[:-1], place[0]), None))
    request = _request(entry)
    try:
        with sources.of_call(world.now, _key(entry)):
            told = {"answer": digest(answer(request, entry["call"]))}
    except Exception as fault:  # noqa: BLE001 - it failed then too, or it is told below
        told = {"fault": type(fault).__name__}
    if any(entry.get(name) != value for name, value in told.items()):
        raise Differs(f"{entry['call']} at {entry['now']}")
    return words


def _request(entry: Entry) -> AWSPreparedRequest:
    headers = HeadersDict(entry["headers"])
    return AWSPreparedRequest(entry["method"], entry["url"], headers, base64.b64decode(entry["body"]), False)


def _key(entry: Entry) -> str:
    return f"{entry['now']} {entry['method']} {entry['url']} {entry['body']}"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _line(entry: Entry) -> str:
    return json.dumps(entry, separators=(",", ":")) + "\n"


def _parsed(line: bytes) -> Entry | None:
    try:
        return json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
