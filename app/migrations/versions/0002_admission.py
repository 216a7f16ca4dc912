"""Who calls, until when, and what has been called: one row for each opening."""

from app.migrations.sql_files import run_file

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make it."""
    run_file("0002_admission")
