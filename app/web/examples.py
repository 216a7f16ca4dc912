"""One example of each message, for the API's description; a test reads every one of them as what it is."""

from __future__ import annotations

from typing import Any

from app.web.messages import (
    Booked,
    Change,
    Confirm,
    Drawn,
    Held,
    Hold,
    IdentityCheck,
    Join,
    Joined,
    Place,
    Problem,
    SignIn,
    Slots,
    Visit,
    Wish,
    Wished,
)

_CONTACT = {"phone": "+82 10-1234-5678", "email": "person@example.org"}
_BOOKED = {"reference": "K7Q2-9DXM", "slot_id": 4711, "clinic_id": 12, "starts_s": 1818900000, "state": "booked"}

EXAMPLES: dict[Any, dict[str, Any]] = {
    Join: {"device": "3q2-7wAAAAAAAAAAAAAAAA", "keep": "my own word", "birth_digit": 7},
    Joined: {"opening": "august-9", "number": 41_207, "place": None, "again": False, "ticket": "AQBUXw"},
    Place: {"opening": "august-9", "number": 41_207, "place": 18_033},
    Visit: {"opening": "august-9", "place": 18_033, "until_s": 1_818_500_900, "proven": False},
    Drawn: {"opening": "august-9", "commitment": "9f" * 32, "rounds": 90, "prequeue": 350_000, "secret": "1c" * 32},
    IdentityCheck: {"provider": "bank", "name": "홍길동", "birth_date": "1988-05-17", "phone": "+82 10-1234-5678"},
    Hold: {"slot_id": 4711},
    Change: {"region": "seoul-jongno", "day": "2027-08-21"},
    Held: {
        "hold_id": "0191e3a2-9f1c-7c3b-8f57-3c1b7f2f8a10",
        "slot_id": 4711,
        "clinic_id": 12,
        "starts_s": 1818900000,
        "until_s": 1818500400,
    },
    Confirm: {"hold_id": "0191e3a2-9f1c-7c3b-8f57-3c1b7f2f8a10", "contact": _CONTACT},
    Booked: {**_BOOKED, "receipt": "AQBUX2F1Z3VzdC05"},
    Wish: {"region": "seoul-jongno", "day": "2027-08-21", "contact": _CONTACT},
    Wished: {"wish_id": "0191e3a2-9f1c-7c3b-8f57-3c1b7f2f8a11", "ahead": 3},
    Slots: {"at_s": 1818500000, "slots": [{"id": 4711, "clinic_id": 12, "starts_s": 1818900000, "free": 4}]},
    SignIn: {"name": "operator", "password": "correct horse battery staple"},
    Problem: {
        "type": "/problems/bad-input",
        "title": "In a few words",
        "status": 400,
        "detail": "Value, rule, remedy.",
    },
}
