"""One file of a saved plan: JSON in whatever encoding and however many pages, joined."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from floodgate.plans.catalogue import Call
from floodgate.plans.shapes import Misfit, answer_of, fitted, shown
from floodgate.rehearsal.errors import PlanError

LARGEST_BYTES = 256 * 1024 * 1024


def read_pages(file: Path, call: Call) -> list[dict[str, Any]]:
    """The pages of the answer of `call` that `file` holds, one after the other or in a list.

    Raises:
        PlanError: it cannot be read, is no JSON, or not what AWS answers; one line of file, place, rule, remedy.
    """
    pages = []
    for number, value in enumerate(_values(file), 1):
        try:
            pages.append(fitted(answer_of(call), value))
        except Misfit as misfit:
            page = f"page {number}: " if number > 1 else ""
            place = misfit.place or "the whole"
            raise PlanError(
                f"{file}: {page}{place} is {shown(misfit.value)}; {misfit.rule}; save what `{call.command}` prints"
            ) from None
        except RecursionError:
            raise PlanError(f"{file}: is nested too deeply; save what `{call.command}` prints") from None
    if not pages:
        raise PlanError(f"{file}: is empty; save what `{call.command}` prints, or remove it")
    return pages


def _values(file: Path) -> Iterator[Any]:
    text = _text(file)
    at = _next(text, 0)
    decoder = json.JSONDecoder(parse_constant=_no_number)
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            where = f"line {error.lineno} column {error.colno}"
            raise PlanError(f"{file}: {where}: is no JSON ({error.msg}); save it with --output json") from None
        except (ValueError, RecursionError) as error:
            reason = "it is nested too deeply" if isinstance(error, RecursionError) else "a number is beyond reason"
            raise PlanError(f"{file}: is no JSON of AWS: {reason}; save it with --output json") from None
        yield from value if isinstance(value, list) else [value]
        at = _next(text, at)


def _next(text: str, at: int) -> int:
    """Where the next page begins."""
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _text(file: Path) -> str:
    """The file's text; PowerShell writes UTF-16, others a mark before UTF-8."""
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise PlanError(
                f"{file}: is larger than {LARGEST_BYTES // 1024**2} MiB; save the group's own answers alone"
            )
        content = file.read_bytes()
        return content.decode(json.detect_encoding(content)).removeprefix("\ufeff")
    except OSError as error:
        raise PlanError(f"{file}: cannot be read ({error.strerror}); make it readable") from None
    except UnicodeDecodeError:
        raise PlanError(f"{file}: is no text; save it with --output json") from None


def _no_number(word: str) -> Any:
    raise ValueError(word)
