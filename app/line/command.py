"""``python -m app verify-draw``: anybody repeats the draw of an opening on their own machine."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import click

from app.line.verify_draw import BadDocument, NotAsPromised, verify_draw

TIMEOUT_S = 10
MOST_BYTES = 100_000


@click.command("verify-draw")
@click.option("--url", metavar="URL", help="The service, or its draw.json, such as https://queue.example.org.")
@click.option("--file", "path", type=click.Path(path_type=Path, dir_okay=False), help="A draw.json that was kept.")
@click.option("--number", type=int, metavar="N", help="Whose place to compute; the waiting page shows the number.")
@click.option("--everybody", is_flag=True, help="Compute all places, and check that each is given once.")
def verify_draw_command(url: str | None, path: Path | None, number: int | None, everybody: bool) -> None:
    """Check that a draw was made with the secret that was promised, and compute places anew.

    Exit code 0: it is as promised. 1: it is not. 2: it cannot be checked.
    """
    try:
        lines = verify_draw(_document(url, path), number, everybody=everybody)
    except NotAsPromised as error:
        click.echo(f"NOT AS PROMISED: {error}", err=True)
        sys.exit(1)
    except BadDocument as error:
        raise click.UsageError(str(error)) from error
    click.echo("\n".join(lines))


def _document(url: str | None, path: Path | None) -> dict[str, Any]:
    if (url is None) == (path is None):
        raise BadDocument("give either --url or --file, one of both")
    try:
        document = json.loads(path.read_bytes() if path else _fetched(url or ""))
    except (OSError, ValueError) as error:
        raise BadDocument(
            f"{path or url} cannot be read as JSON ({error}); give the draw.json of an opening"
        ) from error
    if not isinstance(document, dict):
        raise BadDocument(f"{path or url} is no JSON object; give the draw.json of an opening")
    return document


def _fetched(url: str) -> bytes:
    if urlsplit(url).scheme not in {"http", "https"}:
        raise URLError("not an address that begins with http:// or https://")
    if not url.endswith(".json"):
        url = url.rstrip("/") + "/queue/draw.json"
    request = Request(url, headers={"Accept": "application/json"})  # noqa: S310  the scheme was checked
    with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310  the same
        return answer.read(MOST_BYTES)
