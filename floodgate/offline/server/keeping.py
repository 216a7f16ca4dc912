"""The user's stack files stay byte for byte as they were, unless a command really changes what they say.

Pulumi writes the salt of its state folder into Pulumi.<stack>.yaml whenever it is missing there, sorts the file and
drops its comments. A copy is kept while commands run, and put back when nothing else has changed.
"""

from __future__ import annotations

import fcntl
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from floodgate.offline.server.place import Place
from floodgate.offline.server.settings import content_of

SALT = "encryptionsalt"


@contextmanager
def kept(place: Place, folder: Path) -> Generator[None]:
    """Inside, a command may run; afterwards the files are as they were, but for what it really changed.

    Args:
        place: the project's; there the copies lie, from which the next command puts right what a killed one left.
        folder: where the stacks' files are.
    """
    with _one_at_a_time(place):
        originals = {file: _original(place.kept / file.name, file) for file in _files(folder)}
    try:
        yield
    finally:
        with _one_at_a_time(place):
            for file in _files(folder):
                _put_back(originals.get(file), file)
                (place.kept / file.name).unlink(missing_ok=True)


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether two contents of a stack's file differ in more than the salt that the first one lacks."""
    return {**before, SALT: None} != {**after, SALT: None} or (SALT in before and before[SALT] != after.get(SALT))


def without_salt(text: str) -> str:
    """A stack's file without its salt, in which nothing is encrypted."""
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith(f"{SALT}:")]
    return "".join(lines) if any(line.strip() for line in lines) else "config: {}\n"


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("Pulumi.*.y*ml") if file.is_file())


def _original(copy: Path, file: Path) -> bytes:
    """A file as its user wrote it, of which a copy is made; what a killed command left of it is put right."""
    original = file.read_bytes()
    if copy.exists():
        before, now = _content(copy.read_bytes()), _content(original)
        if SALT in now and SALT not in before and not changed(before, now):
            original = copy.read_bytes()
            file.write_bytes(original)
    copy.write_bytes(original)
    return original


def _put_back(original: bytes | None, file: Path) -> None:
    """Let a file be as it was, if only Pulumi's salt and order are new; `original` is None for a new file."""
    now = file.read_bytes()
    if now == original:
        return
    before, after = _content(original or b""), _content(now)
    if original is not None and not changed(before, after):
        file.write_bytes(original)
    elif SALT in after and SALT not in before and not _encrypted(after):
        file.write_text(without_salt(now.decode()))


def _content(text: bytes) -> Mapping[str, Any]:
    """What a file says; as text alone, because Pulumi writes 3 as "3"."""
    return content_of(text, yaml.BaseLoader)


def _encrypted(content: Any) -> bool:
    if isinstance(content, Mapping):
        return "secure" in content or any(_encrypted(item) for item in content.values())
    return isinstance(content, list) and any(_encrypted(item) for item in content)


@contextmanager
def _one_at_a_time(place: Place) -> Generator[None]:
    with (place.kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
