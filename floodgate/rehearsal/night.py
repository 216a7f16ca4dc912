"""One second of an opening after the other, as functions over numbers; all of it that is not the group's.

They run compiled or as plain Python (see `floodgate.rehearsal.compiling`). The group in time is neither: it is asked
for its servers before a stretch of seconds, and told afterwards what happened in them.
"""

from __future__ import annotations

from collections.abc import Callable

from floodgate.rehearsal.compiling import Vector, kernel
from floodgate.rehearsal.crowd.admission import BINDING, allowed_per_s, capped, read, room_under_cap
from floodgate.rehearsal.crowd.journey import advance, fail, reload, send
from floodgate.rehearsal.crowd.turnout import COMING, learn
from floodgate.rehearsal.crowd.waiting_room import (
    CALLED,
    PLACES,
    PRESENT,
    call,
    draw,
    enter,
    expect,
    join,
    leave,
    shown_wait_s,
)
from floodgate.rehearsal.limits import Second, limit_of
from floodgate.rehearsal.load.balancer import LOAD, accept
from floodgate.rehearsal.load.costs import Need, sums
from floodgate.rehearsal.load.database import connections_load, pressure
from floodgate.rehearsal.load.servers import BOTTLENECK, LATENCY, USED_CPU, Capacity, serve
from floodgate.rehearsal.night_state import (
    ADMITTED,
    ARRIVED,
    BOOKED,
    BOTS,
    BUSY,
    CALLED_IN,
    CHECKS,
    DATABASE_LEFT,
    FAILED,
    GAVE_UP,
    HEARD,
    IDENTITY_REFUSED,
    IN_LINE,
    INSIDE,
    INSIDE_NOW,
    JOINED,
    LATENCY_S,
    LEFT_INSIDE,
    LIMIT,
    LOAD_BALANCER,
    LOAD_CONNECTIONS,
    LOAD_DATABASE,
    LOAD_FLEET,
    LOAD_IDENTITY,
    MOST_LOAD,
    PASSED,
    POLLS_EDGE,
    POLLS_ORIGIN,
    PRESSURE,
    REFUSED,
    REJECTED,
    REQUESTS,
    SERVED,
    SHOWN,
    WAITING,
    WANTED,
    Flow,
    Night,
    Stretch,
    count_people,
    requests_of,
)

StretchPlayer = Callable[[Night, Stretch, Vector, Vector], int]


def stretch_player(stamp: str) -> StretchPlayer:
    """What plays a stretch; `stamp` says which sources it is made of, for `floodgate.rehearsal.compiling.compiled`."""

    def play_stretch(night: Night, stretch: Stretch, arrivals: Vector, out: Vector) -> int:
        """Play the seconds of a stretch; the second that follows the last of them.

        Args:
            night: what changes.
            stretch: which seconds, with which servers.
            arrivals: people who come, by second.
            out: where the seconds are noted, column after column.
        """
        # a function's cache is told apart by what it encloses
        _ = stamp
        for second in range(stretch.begin, stretch.end):
            effective = stretch.effective[second - stretch.begin]
            play_second(night, stretch, second, arrivals[second], effective, out)
            if night.queue.now[LATENCY] >= stretch.late_s:
                return second + 1
        return stretch.end

    return play_stretch


@kernel
def play_second(night: Night, stretch: Stretch, second: int, arrived: float, effective: float, out: Vector) -> None:
    """One second, from the people who come to what they leave behind."""
    rules, queue, carried, seconds = night.rules, night.queue, night.carried, night.rules.seconds
    is_open = second >= rules.doors_s
    polls = (night.line.now[PRESENT] + night.line.now[CALLED]) * rules.polls_per_person
    fetches = min(polls, rules.edge_fetches)
    bots = night.faults[BOTS * seconds + second]
    send(night.steps, night.people, arrived + reload(night.steps, night.people) if is_open else arrived, night.sending)
    night.sending[len(night.sending) - 1] = fetches
    asked, size, need = sums(night.prices, night.sending)
    requests = asked + bots
    connected = carried[INSIDE_NOW] + (0.0 if rules.edge else fetches * rules.poll_interval_s)
    share = accept(night.units, night.balancer, requests, size, connected)
    reach = share * (1.0 - stretch.lost)
    need = (need[0] * reach, need[1] * reach, need[2] * reach)
    turning_away = min(
        bots * reach * night.habits.refusal_s, effective * rules.server_cpu_s * night.habits.refusal_ceiling
    )
    work(night, stretch, second, need, reach, effective, turning_away)
    need = (need[0] + turning_away, need[1], need[2])
    out[SERVED * seconds + second] = requests_of(night.prices, queue.done)
    out[FAILED * seconds + second] = requests_of(night.prices, queue.failed) + asked * (share - reach)
    checks = check_identity(night, second, reach, out)
    lost_outside, lost_inside = fail(night.steps, night.people, night.failed)
    flow = move(night, second, night.done[0], effective)
    booked = advance(night.steps, night.people, night.done, flow.entering)
    carried[LEFT_INSIDE] = booked + lost_inside
    out[ARRIVED * seconds + second] = arrived
    out[JOINED * seconds + second] = flow.joined
    out[CALLED_IN * seconds + second] = flow.called
    out[ADMITTED * seconds + second] = flow.entering
    out[BOOKED * seconds + second] = booked
    out[REFUSED * seconds + second] = lost_outside + lost_inside
    out[GAVE_UP * seconds + second] = flow.left + lost_outside + lost_inside
    out[REQUESTS * seconds + second] = requests
    out[REJECTED * seconds + second] = requests * (1.0 - share)
    out[PASSED * seconds + second] = requests * share
    out[POLLS_EDGE * seconds + second] = polls - fetches if rules.edge else 0.0
    out[POLLS_ORIGIN * seconds + second] = fetches
    out[CHECKS * seconds + second] = checks
    note(night, stretch, second, need, share, effective, out)


@kernel
def work(
    night: Night, stretch: Stretch, second: int, need: Need, reach: float, effective: float, turning_away: float
) -> None:
    """Let the servers do what reaches them, and learn which share of the polls is heard.

    `turning_away` is what bots cost: seconds of CPU. While the database is away, what needs it finds no connection.
    """
    for slot in range(len(night.sending)):
        night.passing[slot] = night.sending[slot] * reach
    writer = stretch.writer
    left = night.faults[DATABASE_LEFT * night.rules.seconds + second]
    broken = 1.0 - (1.0 - writer.broken) * left
    cpu_s = effective * night.rules.server_cpu_s - turning_away
    capacity = Capacity(cpu_s, writer.db_s, writer.hold_s, broken)
    serve(night.habits, night.prices, night.queue, float(second), night.passing, need, capacity)
    night.queue.now[USED_CPU] += turning_away
    last = len(night.sending) - 1
    if not night.rules.edge and night.passing[last] > 0.0:
        night.carried[HEARD] = min(1.0, night.queue.done[last] / night.sending[last])


@kernel
def check_identity(night: Night, second: int, reach: float, out: Vector) -> float:
    """Lay out whose request was answered and whose failed, the providers included; checks that were asked for.

    Providers refuse their share in a fault, and of the rest what is beyond their rate; their load is what was asked of
    what they answered.
    """
    seconds = night.rules.seconds
    checks = 0.0
    for slot in range(len(night.sending)):
        night.done[slot] = night.queue.done[slot]
        night.failed[slot] = night.queue.failed[slot] + night.sending[slot] * (1.0 - reach)
        checks += night.done[slot] * night.rules.identity_slots[slot]
    load = checks / night.rules.identity_per_s
    refuses = night.faults[IDENTITY_REFUSED * seconds + second]
    lost = refuses if checks > 0.0 else 0.0
    if load * (1.0 - refuses) > 1.0:
        lost = 1.0 - 1.0 / load
    if lost > 0.0:
        load = min(MOST_LOAD, 1.0 / max(1.0 - lost, 1.0 / MOST_LOAD))
        for slot in range(len(night.sending)):
            refused = night.done[slot] * lost * night.rules.identity_slots[slot]
            night.failed[slot] += refused
            night.done[slot] -= refused
    out[LOAD_IDENTITY * seconds + second] = load
    return checks


@kernel
def move(night: Night, second: int, joined: float, effective: float) -> Flow:
    """People who leave the line, places called, people who go inside; without a line all who came in go on."""
    rules = night.rules
    if rules.waiting_room:
        return move_line(night, second, joined, effective)
    if second < rules.doors_s:
        night.people.early[0] += joined
        return Flow(0.0, 0.0, 0.0, 0.0)
    return Flow(0.0, 0.0, joined, joined)


@kernel
def move_line(night: Night, second: int, joined: float, effective: float) -> Flow:
    """People who leave the line, places called, people who go inside."""
    manners, line, law, readings = night.manners, night.line, night.law, night.readings
    doors_s = night.rules.doors_s
    inside = night.carried[INSIDE_NOW]
    left = leave(manners, line) if second > doors_s else 0.0
    join(manners, line, joined, float(second))
    allowed = allowed_per_s(law, readings, effective)
    if second <= doors_s:
        draw(line, allowed)
    if second < doors_s:
        return Flow(0.0, 0.0, 0.0, joined)
    learn(manners.turns, line.turnout)
    allowed = capped(law, readings, allowed, inside, line.turnout.now[COMING])
    # nobody loses a turn while the house is full or away
    if inside < law.cap - 0.5 and effective > 0.0:
        left += expect(manners, line, allowed)
    before = line.now[PLACES]
    at_once = call(manners, line, allowed, float(second))
    entering = enter(manners, line, at_once, night.carried[HEARD], room_under_cap(law, inside, 0.0))
    return Flow(left, before - line.now[PLACES], entering, joined)


@kernel
def note(night: Night, stretch: Stretch, second: int, need: Need, share: float, effective: float, out: Vector) -> None:
    """Write down what the second showed, and tell the controller what it can see of it."""
    rules, queue, writer = night.rules, night.queue, stretch.writer
    now, seconds = night.line.now, night.rules.seconds
    waiting = count_people(night)
    load_cpu = need[0] / max(effective * rules.server_cpu_s, rules.server_cpu_s)
    reach = max(share * (1.0 - stretch.lost), 1e-9)
    left = night.faults[DATABASE_LEFT * seconds + second]
    # connections that wait for a writer that is away are in use
    tightest = max(pressure(writer, need), 1.0 - left)
    out[WAITING * seconds + second] = waiting
    out[INSIDE * seconds + second] = night.carried[INSIDE_NOW]
    out[LOAD_FLEET * seconds + second] = load_cpu
    out[LOAD_BALANCER * seconds + second] = night.balancer[LOAD]
    out[LOAD_DATABASE * seconds + second] = need[1] / writer.db_s
    out[LOAD_CONNECTIONS * seconds + second] = connections_load(writer, need[2])
    out[SHOWN * seconds + second] = shown_wait_s(night.manners, night.line, float(second))
    out[LATENCY_S * seconds + second] = queue.now[LATENCY]
    line_servers = now[PLACES] / rules.clear_s / rules.journeys_per_server_per_s
    out[WANTED * seconds + second] = max(need[0] / reach / rules.server_cpu_s, line_servers)
    capacity = rules.server_cpu_s * stretch.in_service
    out[BUSY * seconds + second] = min(1.0, queue.now[USED_CPU] / capacity) if capacity > 0.0 else 0.0
    out[IN_LINE * seconds + second] = now[PLACES]
    out[PRESSURE * seconds + second] = tightest
    out[LIMIT * seconds + second] = limit_of(
        Second(
            1.0 - share,
            night.balancer[LOAD],
            load_cpu / reach,
            out[LOAD_IDENTITY * seconds + second],
            1.0 - (1.0 - writer.broken) * left,
            queue.now[BOTTLENECK],
            now[PLACES] if second >= rules.doors_s else 0.0,
            night.readings[BINDING],
            stretch.missing,
            stretch.lost,
        )
    )
    read(night.law, night.readings, (load_cpu, tightest, queue.now[LATENCY]), night.carried[LEFT_INSIDE])
