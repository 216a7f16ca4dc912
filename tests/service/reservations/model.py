"""What should happen, said once more and simply: the judge of the histories.

One region; a wish names a clinic or takes any. Nothing is locked and nobody comes at the same time.
"""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True)
class Hold:
    slot: int
    hold_id: UUID
    until_s: int


@dataclass(frozen=True)
class Waiting:
    person: int
    clinic: int | None
    wish_id: UUID


@dataclass
class Model:
    """People by number; `place_of` tells their place, `capacity` and `clinic_of` are by slot."""

    capacity: dict[int, int]
    clinic_of: dict[int, int]
    place_of: dict[int, int]
    held: dict[int, Hold] = field(default_factory=dict)
    booked: dict[int, int] = field(default_factory=dict)
    # by which hold; those of the waiting list have none, and a move forgets it
    booked_by_hold: dict[int, UUID] = field(default_factory=dict)
    wishes: list[Waiting] = field(default_factory=list)

    def free(self, slot):
        taken = [*(hold.slot for hold in self.held.values()), *self.booked.values()]
        return self.capacity[slot] - taken.count(slot)

    def sharing(self, person):
        """Others with the same place."""
        return [other for other in self.place_of if self.place_of[other] == self.place_of[person] and other != person]

    def fits(self, wish, slot):
        return wish.clinic in (None, self.clinic_of[slot])

    def refused_hold(self, person, now_s):
        """Why this person may not hold, whatever they choose."""
        if person in self.booked:
            return "already-booked"
        for other in self.sharing(person):
            if other in self.booked:
                return "place-used"
            if other in self.held and self.held[other].until_s > now_s:
                return "holds-another"
        return None

    def take(self, slots, now_s, acting):
        """Make room in one of the slots for a person; False where nothing is left."""
        while not any(self.free(slot) for slot in slots):
            over = [
                (hold.until_s, person)
                for person, hold in self.held.items()
                if hold.slot in slots and hold.until_s <= now_s
            ]
            if not over:
                return False
            _, person = min(over)
            slot = self.held[person].slot
            if not self.serve(slot, person, acting, walks_in=True):
                del self.held[person]
                return True
            self.held.pop(person, None)
        return True

    def give_back(self, person, acting=None):
        """What this person has goes to the first wish that it suits, or becomes free; `acting` gets another unit."""
        slot = self.held[person].slot if person in self.held else self.booked[person]
        self.serve(slot, person, acting)
        self.held.pop(person, None)
        self.booked.pop(person, None)
        self.booked_by_hold.pop(person, None)

    def serve(self, slot, leaving, acting=None, *, walks_in=False):
        """Book for the first whom it suits; `leaving` still has the unit."""
        self_or_shared = {acting, *(self.sharing(acting) if acting in self.place_of else ())}
        for wish in list(self.wishes):
            if not self.fits(wish, slot):
                continue
            same_place = self.sharing(wish.person)
            if wish.person in self.booked or any(other in self.booked for other in same_place):
                self.wishes.remove(wish)
            elif wish.person in self_or_shared:
                if walks_in:
                    return False
            elif wish.person not in self.held and not any(o in self.held and o != leaving for o in same_place):
                self.wishes.remove(wish)
                self.booked[wish.person] = slot
                return True
        return False

    def wish(self, person, clinic, wish_id):
        """Stand at the end of the list, unless with the same wish already; how many stand before."""
        mine = next((wish for wish in self.wishes if wish.person == person), None)
        if mine is None or mine.clinic != clinic:
            self.wishes = [wish for wish in self.wishes if wish is not mine]
            mine = Waiting(person, clinic, wish_id)
            self.wishes.append(mine)
        assert mine.wish_id == wish_id
        before = self.wishes[: self.wishes.index(mine)]
        return sum(1 for wish in before if clinic is None or wish.clinic in (None, clinic))
