"""Names what limited a second, and tells when a limit begins and ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from floodgate.rehearsal.outcome import Event, Limit

LIMITS: tuple[Limit, ...] = get_args(Limit)
INDEX = {limit: float(number) for number, limit in enumerate(LIMITS)}

# rejections of less than this share of the requests are noise at the edge of a load of 1
NOTICED_SHARE = 0.001
# a limit that pauses for less than this has not ended
QUIET_S = 120


@dataclass(slots=True)
class Second:
    """What one second showed of its limits; loads (1 is full) are of all that was offered to the balancer.

    `bottleneck` is the servers' scarcest resource where requests wait (0 is CPU), `binding` what sets the rate of
    admission, `fleet` what the fleet says it is limited by, `in_line` the places in line after the doors.
    """

    rejected_share: float = 0.0
    load_balancer: float = 0.0
    load_fleet: float = 0.0
    load_database: float = 0.0
    load_identity: float = 0.0
    broken: float = 0.0
    bottleneck: int | None = None
    in_line: float = 0.0
    binding: str = "servers"
    fleet: str = ""


def limit_of(second: Second) -> Limit:
    """What limited the second: the tightest place of those that turned work away, else what held the line."""
    turned_away = _turned_away(second)
    if turned_away != "none" or second.in_line < 1.0:
        return turned_away
    if second.binding == "cap":
        return "waiting room"
    return "database" if second.binding == "database" else _servers(second.fleet)


def _turned_away(second: Second) -> Limit:
    """The tightest place of those that turned work away.

    Where the balancer rejects, the servers are tighter all the same if everything that was offered would have loaded
    them even more: with a larger balancer nothing would have been gained.
    """
    rejects = second.rejected_share > NOTICED_SHARE
    if rejects and second.load_balancer >= second.load_fleet:
        return "balancer"
    if second.broken > 0.0 or (second.bottleneck or 0) > 0:
        return "database"
    if rejects or second.bottleneck == 0:
        return _servers(second.fleet)
    return "identity" if second.load_identity > 1.0 + NOTICED_SHARE else "none"


def _servers(limited_by: str) -> Limit:
    if limited_by == "launch rate":
        return "launch rate"
    return "quota" if limited_by == "quota" else "fleet"


_BEGINS: dict[str, tuple[str, str]] = {
    "balancer": ("balancer full", "load_balancer"),
    "database": ("database full", "load_database"),
    "identity": ("identity providers full", "load_identity"),
    "waiting room": ("cap reached", ""),
}


class Watch:
    """Turns the limits of seconds into events; a limit counts as ended once it has been quiet for two minutes."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._last_seen: dict[str, int] = {}
        self._line_since: int | None = None

    def see(self, second: int, limit: Limit, seen: Second) -> None:
        """Note the limit of a second."""
        if limit in _BEGINS:
            name, load = _BEGINS[limit]
            if second - self._last_seen.get(limit, -QUIET_S - 1) > QUIET_S:
                after = getattr(seen, load) if load else 1.0
                self.events.append(Event(second, "limit", name, None, after, f"load {after:.2f}, 1 is full"))
            self._last_seen[limit] = second
        self._line(second, seen.in_line)

    def _line(self, second: int, places: float) -> None:
        if places >= 1.0:
            self._line_since = second if self._line_since is None else self._line_since
        elif self._line_since is not None:
            if second - self._line_since > QUIET_S:
                stood = f"people stood in line for {(second - self._line_since) / 60:.0f} min"
                self.events.append(Event(second, "line", "line empty", None, 0.0, stood))
            self._line_since = None
