"""What the service of one machine remembers between two runs: its secret, and its openings."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ValidationError

from app.errors import SetupError
from app.opening import Opening

# bookings of openings that are over can still be looked at
KEPT_OPENINGS = 20


@dataclass(frozen=True, slots=True)
class State:
    """Everything that is remembered; the newest opening is the last."""

    secret: str
    openings: tuple[Opening, ...] = ()

    def with_opening(self, opening: Opening) -> State:
        """The same with one opening more, or anew."""
        others = [other for other in self.openings if other.name != opening.name]
        return replace(self, openings=(*others, opening)[-KEPT_OPENINGS:])


class _Written(BaseModel):
    secret: str
    openings: tuple[Opening, ...]


def read(path: Path) -> State:
    """What was remembered; a new secret and no opening, where there is nothing.

    Raises:
        SetupError: the file cannot be understood.
    """
    if not path.exists():
        return empty()
    try:
        written = _Written.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise SetupError(f"{path} cannot be understood; start over with --fresh") from error
    return State(written.secret, written.openings)


def empty() -> State:
    """What is known at the first start: a secret of its own."""
    return State(secrets.token_urlsafe(32))


def write(path: Path, state: State) -> None:
    """Remember, wholly or not at all; for the owner's eyes only."""
    text = json.dumps(
        {"secret": state.secret, "openings": [opening.model_dump(mode="json") for opening in state.openings]},
        ensure_ascii=False,
        indent=1,
    )
    part = path.with_suffix(".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(text)
    part.replace(path)
