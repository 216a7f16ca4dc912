"""What people and the database saw of an evening, and which promise of the service it breaks: pure, to be tried itself.

Times are seconds of one clock that never goes back.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field


@dataclass
class Join:
    """A device's join: first sent, answered, and the number it was given."""

    device: str
    sent_s: float
    answered_s: float
    number: int


@dataclass
class Entrance:
    """A pass that was given."""

    device: str
    number: int
    place: int
    answered_s: float


@dataclass
class Acknowledged:
    """A confirm that was answered: whose, under which key, with which booking."""

    human: int
    key: str
    reference: str
    slot: int
    sent_s: float
    answered_s: float


@dataclass
class Record:
    """Everything that was seen.

    Attributes:
        joins, entrances, confirms: of all people.
        cancelled: references that were given back.
        documents: `at_s` and `serving` of every public document that anybody read.
        called: when the database's row was read, and its `serving`.
        unanswered: confirms under way whose answer nobody has read, by key: what a repetition must agree with.
        repeated: confirms that were sent again after no answer came, and were answered then.
    """

    joins: list = field(default_factory=list)
    entrances: list = field(default_factory=list)
    confirms: list = field(default_factory=list)
    cancelled: set = field(default_factory=set)
    documents: list = field(default_factory=list)
    called: list = field(default_factory=list)
    unanswered: set = field(default_factory=set)
    repeated: int = 0


@dataclass
class Sold:
    """What the database has at the end.

    Attributes:
        bookings: reference, state, slot, person and place of each booking.
        units: slot, state, person, place and reference of each unit that is not free.
        capacity: of each slot.
    """

    bookings: list
    units: list
    capacity: dict


def broken(record, sold=None):
    """Every promise that does not hold, in words."""
    found = [*numbers(record), *order(record), *passes(record), *documents(record), *answers(record)]
    return found + ([] if sold is None else [*kept(record, sold), *capacity(sold)])


def numbers(record):
    """Numbers are all different, and one device has one."""
    holders = defaultdict(set)
    given = defaultdict(set)
    for join in record.joins:
        holders[join.number].add(join.device)
        given[join.device].add(join.number)
    for number, devices in holders.items():
        if len(devices) > 1:
            yield f"number {number} was given to {len(devices)} devices"
    for device, several in given.items():
        if len(several) > 1:
            yield f"device {device} was given the numbers {sorted(several)}"


def order(record):
    """Whoever asked after somebody else was answered stands behind."""
    answered = sorted(record.joins, key=lambda join: join.answered_s)
    highest, passed = -1, 0
    first = {}
    for join in sorted(record.joins, key=lambda join: join.sent_s):
        while passed < len(answered) and answered[passed].answered_s < join.sent_s:
            highest = max(highest, answered[passed].number)
            passed += 1
        # who joins again keeps the number of the first time
        if join.number <= highest and join.device not in first:
            yield f"number {join.number} was given after {highest} had been answered"
        first.setdefault(join.device, join.number)


def passes(record):
    """Nobody enters whose place was not called, by the database's row as it was read next; one place, one number."""
    called = sorted(record.called)
    numbers_of = defaultdict(set)
    for entrance in record.entrances:
        numbers_of[entrance.place].add(entrance.number)
        after = next((serving for at_s, serving in called if at_s >= entrance.answered_s), None)
        if after is not None and entrance.place >= after:
            yield f"place {entrance.place} entered when {after} places were called"
    for place, several in numbers_of.items():
        if len(several) > 1:
            yield f"place {place} was entered by the numbers {sorted(several)}"


def documents(record):
    """What is served never goes back, by the documents' own time; nor does the database's row."""
    for name, seen in (("the public document", record.documents), ("the database", record.called)):
        by_time = defaultdict(list)
        for at_s, serving in seen:
            by_time[at_s].append(serving)
        highest = -1
        for at_s in sorted(by_time):
            if min(by_time[at_s]) < highest:
                yield f"{name} fell from serving {highest} to {min(by_time[at_s])}"
            highest = max(highest, *by_time[at_s])


def answers(record):
    """One key, one booking; one person, one booking that is not given back."""
    by_key, by_human = defaultdict(set), defaultdict(set)
    for confirm in record.confirms:
        by_key[confirm.key].add((confirm.reference, confirm.slot))
        if confirm.reference not in record.cancelled:
            by_human[confirm.human].add(confirm.reference)
    for key, several in by_key.items():
        if len(several) > 1:
            yield f"key {key} was answered with {len(several)} bookings"
    for human, several in by_human.items():
        if len(several) > 1:
            yield f"person {human} was told of {len(several)} bookings"


def kept(record, sold):
    """Every booking that was acknowledged stands once in the database, with its unit; no other is there unexplained."""
    rows = Counter(booking["reference"] for booking in sold.bookings)
    units = Counter(unit["reference"] for unit in sold.units if unit["state"] == "booked")
    state = {booking["reference"]: (booking["state"], booking["slot_id"]) for booking in sold.bookings}
    told = {confirm.reference: confirm.slot for confirm in record.confirms}
    for reference, slot in told.items():
        if rows[reference] != 1:
            yield f"booking {reference} was acknowledged and stands {rows[reference]} times in the database"
        elif reference in record.cancelled:
            if units[reference] or state[reference][0] != "cancelled":
                yield f"booking {reference} was given back and still stands"
        elif state[reference] != ("booked", slot) or units[reference] != 1:
            yield f"booking {reference} was acknowledged, but it is {state[reference]} with {units[reference]} units"
    unexplained = sum(1 for reference, (how, _) in state.items() if how == "booked" and reference not in told)
    if unexplained > len(record.unanswered):
        yield f"{unexplained} bookings are nobody's, and {len(record.unanswered)} confirms are unanswered"


def capacity(sold):
    """Never more than there is; nobody twice, neither as a person nor as a place."""
    taken = Counter(unit["slot_id"] for unit in sold.units)
    for slot, units in taken.items():
        if units > sold.capacity.get(slot, 0):
            yield f"slot {slot} has {units} units taken of {sold.capacity.get(slot, 0)}"
    for name in ("person", "place"):
        for value, times in Counter(unit[name] for unit in sold.units).items():
            if times > 1:
                yield f"{name} {value!r} has {times} units"
    for reference, times in Counter(booking["reference"] for booking in sold.bookings).items():
        if times > 1:
            yield f"booking {reference} stands {times} times"
