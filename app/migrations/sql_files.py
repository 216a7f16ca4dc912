"""Plain SQL of the migrations, one or more files for each revision."""

from __future__ import annotations

from pathlib import Path

from alembic import op

FOLDER = Path(__file__).with_name("sql")


def run_file(name: str) -> None:
    """Run ``sql/<name>.sql`` as it stands, in the transaction of the migration.

    It goes to the driver as one script: SQLAlchemy would take every colon for a parameter, and send one statement only.
    """
    script = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    session = op.get_bind().connection.dbapi_connection
    assert session is not None, "a migration runs in a session"
    session.run_async(lambda driver: driver.execute(script))
