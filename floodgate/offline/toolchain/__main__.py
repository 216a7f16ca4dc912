"""`python -m floodgate.offline.toolchain`: have an engine, whichever way. Exit code 0, or 2 and one line of why not."""

from __future__ import annotations

import sys

from floodgate.offline.toolchain import find
from floodgate.offline.toolchain.build import BuildError, build


def main() -> int:
    """Say which `pulumi` is used, and build it where there is none."""
    found = find.pulumi()
    if found and find.folder() is None:
        _say(f"pulumi is on PATH: {found}")
        return 0
    try:
        build(_say)
    except BuildError as error:
        sys.stderr.write(f"floodgate: {error}\n")
        return 2
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
