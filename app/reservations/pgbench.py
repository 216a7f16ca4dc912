"""Bookings as a pgbench script: the very statements that the repository sends, one hold and one confirm each.

    pgbench -n -M prepared -f bookings.pgbench -c 8 -j 2 -T 30 postgresql://...

The opening must have been seeded with a shape whose clinics have the same slots, such as ``benchmark(100000)``. Where
nothing is left, confirming ends the client with an error, so there must be more units than bookings are measured.
"""

from __future__ import annotations

from app.reservations.seeding import first_clinic_id, shape_of
from app.reservations.statements import for_pgbench

# as long as a real contact in ciphertext
_CONTACT = "'\\x" + "5a" * 75 + "'::bytea"
_PERSON = "int8send(:left) || int8send(:right)"


def bookings(opening: str, shape: str, hold_s: int = 300) -> str:
    """The script for an opening of this shape; each turn is somebody new, at a slot by chance.

    Raises:
        SetupError: there is no such shape.
    """
    seeded = shape_of(shape)
    first = first_clinic_id(opening)
    last = first + seeded.provinces * seeded.clinics - 1
    hold = ["gen_random_uuid()", "1", f"'{opening}'", ":left", _PERSON, ":slot", "NULL", "NULL", "NULL", f"{hold_s}"]
    confirm = ["gen_random_uuid()", "2", f"'{opening}'", _PERSON, ":id", _CONTACT, "NULL"]
    chance = (
        "\\set left random(1, 9223372036854775806)\n"
        "\\set right random(1, 9223372036854775806)\n"
        f"\\set slot random({first}, {last}) * 10000 + random(0, {seeded.days * seeded.slots - 1})\n"
    )
    return chance + for_pgbench("hold", [*hold, "NULL"], keep=True) + for_pgbench("confirm", confirm)
