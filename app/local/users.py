"""PostgreSQL refuses to run as root; root therefore starts it as `nobody`."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Unprivileged:
    """The user that servers run as; without ids it is ourselves."""

    uid: int | None
    gid: int | None

    @property
    def is_another(self) -> bool:
        """Whether it is not ourselves."""
        return self.uid is not None

    @property
    def popen(self) -> dict[str, Any]:
        """What `subprocess` is told."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_another else {}

    def own(self, folder: Path) -> None:
        """Give a folder to the user."""
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)


def unprivileged() -> Unprivileged:
    """`nobody` for root, ourselves for everybody else."""
    if os.geteuid() != 0:
        return Unprivileged(None, None)
    nobody = pwd.getpwnam("nobody")
    return Unprivileged(nobody.pw_uid, nobody.pw_gid)
