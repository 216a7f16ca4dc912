"""Clinics, slots, units, the waiting list, answers, messages, the audit trail, and the functions that change them."""

from app.migrations.sql_files import run_file

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make it."""
    for name in ("0001_tables",):
        run_file(name)
