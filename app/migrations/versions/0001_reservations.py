"""Clinics, slots, units, the waiting list, answers, messages, the audit trail, and the functions that change them."""

from app.migrations.sql_files import run_file

revision = "0001"
down_revision = None

PARTS = (
    "0001_tables",
    "0001_taking",
    "0001_answers",
    "0001_holding",
    "0001_booked",
    "0001_waiting_list",
    "0001_sweeping",
)


def upgrade() -> None:
    """Make it."""
    for name in PARTS:
        run_file(name)
