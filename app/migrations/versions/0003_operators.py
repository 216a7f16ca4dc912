"""What operators have asked for, one row for each opening; their entries of the audit trail are found fast."""

from app.migrations.sql_files import run_file

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make it."""
    run_file("0003_operators")
