"""Names what limited a second, and tells when a limit begins and ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, get_args

import numpy as np

from floodgate.rehearsal.compiling import kernel
from floodgate.rehearsal.crowd.admission import CAP
from floodgate.rehearsal.crowd.admission import DATABASE as BY_DATABASE
from floodgate.rehearsal.outcome import Event, Limit, Series

LIMITS: tuple[Limit, ...] = get_args(Limit)

# rejections of less than this share of the requests are noise at the edge of a load of 1
NOTICED_SHARE = 0.001
# a limit that pauses for less than this has not ended
QUIET_S = 120


NONE, FLEET, LAUNCH_RATE, BALANCER, DATABASE, QUOTA, IDENTITY, WAITING_ROOM, NO_CAPACITY, ADDRESSES = (
    float(n) for n in range(len(LIMITS))
)


class Second(NamedTuple):
    """What one second showed of its limits; loads (1 is full) are of all that was offered to the balancer.

    `bottleneck` is the servers' scarcest resource where requests wait (0 is CPU, -1 none), `binding` what sets the rate
    of admission (index into `BINDINGS`), `fleet` what keeps servers away (index into `LIMITS`), `in_line` the places in
    line after the doors, `lost` the share of the requests that reaches servers which answer nothing.
    """

    rejected_share: float = 0.0
    load_balancer: float = 0.0
    load_fleet: float = 0.0
    load_identity: float = 0.0
    broken: float = 0.0
    bottleneck: float = -1.0
    in_line: float = 0.0
    binding: float = 0.0
    fleet: float = FLEET
    lost: float = 0.0


@kernel
def limit_of(second: Second) -> float:
    """What limited the second: the tightest place of those that turned work away, else what held the line."""
    away = turned_away(second)
    if away != NONE or second.in_line < 1.0:
        return away
    if second.binding == CAP:
        return WAITING_ROOM
    return DATABASE if second.binding == BY_DATABASE else second.fleet


@kernel
def turned_away(second: Second) -> float:
    """The tightest place of those that turned work away.

    Where the balancer rejects, the servers are tighter all the same if everything that was offered would have loaded
    them even more: with a larger balancer nothing would have been gained.
    """
    rejects = second.rejected_share > NOTICED_SHARE
    if rejects and second.load_balancer >= second.load_fleet:
        return BALANCER
    if second.broken > 0.0 or second.bottleneck > 0.0:
        return DATABASE
    if rejects or second.bottleneck == 0.0 or second.lost > NOTICED_SHARE:
        return second.fleet
    return IDENTITY if second.load_identity > 1.0 + NOTICED_SHARE else NONE


def servers_missing(limited_by: str) -> float:
    """What keeps servers away, from what a fleet says that it is limited by."""
    known = {"launch rate": LAUNCH_RATE, "quota": QUOTA, "no capacity": NO_CAPACITY, "addresses": ADDRESSES}
    return known.get(limited_by, FLEET)


# by limit: the event that tells its beginning
BEGINS = {
    BALANCER: "balancer full",
    DATABASE: "database full",
    IDENTITY: "identity checks refused",
    WAITING_ROOM: "cap reached",
}


def limit_events(limits: Series, loads: Mapping[float, Series], in_line: Series) -> list[Event]:
    """Tell when a limit begins and when a line ends; a limit has ended once it has been quiet for two minutes.

    Args:
        limits: indexes into `LIMITS`, one a second.
        loads: by limit the load of what is limited, 1 is full; without one it is just full.
        in_line: places in line after the doors.
    """
    events = [event for limit in BEGINS for event in _beginnings(limit, limits, loads.get(limit))]
    return sorted([*events, *_lines(in_line)], key=lambda event: event.second)


def _beginnings(limit: float, limits: Series, load: Series | None) -> Iterator[Event]:
    seconds = np.flatnonzero(limits == limit)
    first = np.diff(seconds, prepend=-QUIET_S - 1) > QUIET_S
    for second in seconds[first].tolist():
        after = 1.0 if load is None else float(load[second])
        yield Event(second, "limit", BEGINS[limit], None, after, f"load {after:.2f}, 1 is full")


def _lines(in_line: Series) -> Iterator[Event]:
    edges = np.diff((in_line >= 1.0).astype(np.int8), prepend=np.int8(0))
    # a line that stands at the end of the night has a beginning only
    for begin, end in zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=False):
        if end - begin > QUIET_S:
            stood = f"people stood in line for {(end - begin) / 60:.0f} min"
            yield Event(end, "line", "line empty", None, 0.0, stood)
