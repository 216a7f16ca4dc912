"""Access logs of an Application Load Balancer: who came for the first time, and when.

Source: "Access logs for your Application Load Balancer",
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from floodgate.rehearsal.errors import DemandError

QUOTED = r'"(?:[^"\\]|\\.)*"'
# type, time of the answer, balancer, client:port, target:port, three durations, two statuses, two byte counts, request,
# user agent; cipher, protocol, target group, trace, domain, certificate, rule, time of the request
LINE = re.compile(
    rf"(?:https?|h2|grpcs?|wss?) (\S+) \S+ (\S+):\d+(?: \S+){{8}} {QUOTED} ({QUOTED})"
    rf"(?:(?: \S+){{3}}(?: {QUOTED}){{3}} \S+ (\S+))?"
)
GZIP = b"\x1f\x8b"


def first_visits(files: Iterable[Path]) -> list[datetime]:
    """When each client appeared for the first time; a client is an address with a user agent.

    Many people behind one address and one kind of browser count once, so this is the least that came.

    Raises:
        DemandError: a file cannot be read, or a line is none of an access log.
    """
    seen: dict[tuple[str, str], str] = {}
    for file in files:
        for number, line in enumerate(_lines(file), start=1):
            moment, client = _parse(file, number, line)
            # the log's times are of one form in UTC, so that texts compare as instants do
            if moment < seen.get(client, "~"):
                seen[client] = moment
    return [_instant(moment) for moment in seen.values()]


def _parse(file: Path, number: int, line: str) -> tuple[str, tuple[str, str]]:
    found = LINE.match(line)
    moment = (found[4] or found[1]) if found else ""
    if found is None or not _is_instant(moment):
        raise DemandError(
            f"{file}:{number}: {line.strip()[:60]!r} is no line of an ALB access log; give the log files as the "
            "balancer writes them, or a CSV"
        )
    return moment, (found[2], found[3])


def _is_instant(moment: str) -> bool:
    try:
        return moment.endswith("Z") and _instant(moment) is not None
    except ValueError:
        return False


def _instant(moment: str) -> datetime:
    return datetime.fromisoformat(moment.removesuffix("Z")).replace(tzinfo=UTC)


def _lines(file: Path) -> Iterator[str]:
    try:
        with file.open("rb") as raw:
            packed = raw.read(2) == GZIP
        with gzip.open(file, "rt", encoding="utf-8") if packed else file.open(encoding="utf-8") as lines:
            yield from (line for line in lines if line.strip())
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no text and no gzip of one"
        raise DemandError(f"{file} cannot be read ({reason}); give access logs, plain or as gzip") from error
