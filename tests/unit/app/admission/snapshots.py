"""A snapshot of one second."""

from app.admission.document import Snapshot

SNAPSHOT = Snapshot(
    opening="august",
    at_s=1_000.0,
    phase="open",
    binding="database",
    epoch=3,
    joined=5_000,
    serving=1_200,
    lapsed=400,
    waiting=3_800,
    inside=700,
    coming=31.5,
    called_per_s=14.2,
    allowed_per_s=12.0,
    nominal_per_s=20.0,
    pressure=0.9,
    show_share=0.85,
    servers=2,
    workers=4,
    booked_per_minute=600,
    refused={"slot-gone": 3},
    lights={"pass": "green"},
    failures={"line": 2},
)
