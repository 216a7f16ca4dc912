"""Archives that are the same, byte for byte, whenever and by whomever they are made of the same files.

https://reproducible-builds.org/docs/archives/
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

# the first moment that every kind of archive can tell
MOMENT_S = 315_532_800
# what installing leaves behind: caches, who installed what from where, and scripts that name the builder's own Python
_LEFT_OUT_FOLDERS = {"__pycache__", "bin"}
_LEFT_OUT_FILES = {".lock", "RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: its content and whether it can be run."""

    content: bytes
    runs: bool = False


def files_of(folder: Path, under: str) -> dict[str, Entry]:
    """The files of a folder under their names in the archive, without what is of no use or changes by itself."""
    found = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not _is_left_out(PurePosixPath(inside.as_posix())):
            found[f"{under}/{inside.as_posix()}"] = Entry(path.read_bytes())
    return found


def write(path: Path, entries: Mapping[str, Entry]) -> str:
    """Write a ``.tar.gz``; its SHA-256 digest in hex."""
    packed = io.BytesIO()
    # the header would hold a name and a time
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0, compresslevel=6) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for folder in _folders(entries):
            archive.addfile(_about(folder, tarfile.DIRTYPE, 0o755))
        for name in sorted(entries):
            entry = entries[name]
            about = _about(name, tarfile.REGTYPE, 0o755 if entry.runs else 0o644)
            about.size = len(entry.content)
            archive.addfile(about, io.BytesIO(entry.content))
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(packed.getbuffer())
    part.replace(path)
    return hashlib.sha256(packed.getbuffer()).hexdigest()


def _folders(names: Iterable[str]) -> list[str]:
    return sorted({str(parent) for name in names for parent in PurePosixPath(name).parents if str(parent) != "."})


def _about(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    about = tarfile.TarInfo(name)
    about.type, about.mode, about.mtime = kind, mode, MOMENT_S
    return about


def _is_left_out(inside: PurePosixPath) -> bool:
    if inside.suffix == ".pyc" or inside.name in _LEFT_OUT_FILES:
        return True
    return "__pycache__" in inside.parts or inside.parts[0] in _LEFT_OUT_FOLDERS
