"""Openings out of a TOML file: the keys of `app.opening.Opening`, doors left open or not."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app.errors import SetupError
from app.opening import Opening
from app.running import problems

DEMO = Path(__file__).resolve().parent.parent / "openings" / "demo.toml"
# the doors, where the file leaves them to the command line
_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)
# what is left of a name's forty characters once its moment is added
LONGEST_NAME = 27


def read(path: Path) -> dict[str, Any]:
    """The keys of an opening as they stand in the file, checked; `doors_at` may be missing.

    Raises:
        SetupError: one line for each problem, each with file and key.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SetupError(
            f"{path} cannot be read ({error.strerror}); give the TOML file of an opening, such as {DEMO}"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetupError(f"{path} is no TOML: {error}; correct it") from error
    try:
        opening = Opening.model_validate({"doors_at": _SOME_TIME, **values})
    except ValidationError as error:
        raise SetupError("\n".join(problems.told(error, str(path)))) from error
    if len(opening.name) > LONGEST_NAME:
        raise SetupError(
            f"{path}: name has {len(opening.name)} characters, but {LONGEST_NAME} are left beside the date; shorten it"
        )
    return values
