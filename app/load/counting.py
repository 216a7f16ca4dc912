"""What was sold, counted in the database itself after a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.errors import SetupError
from app.load.summary import Sold

SQL = (Path(__file__).parent / "sql" / "sold.sql").read_text(encoding="utf-8")


async def count_sold(database_url: str, opening: str, references: Sequence[str]) -> Sold:
    """The database's own count of an opening.

    Args:
        database_url: as a libpq URL.
        opening: its name.
        references: of bookings that were answered; each must be there.

    Raises:
        SetupError: the database cannot be asked.
    """
    import asyncpg  # noqa: PLC0415  only who has a database needs it

    try:
        session = await asyncpg.connect(database_url, timeout=10)
        try:
            row = await session.fetchrow(SQL, opening, list(references))
        finally:
            await session.close()
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise SetupError(
            f"the database cannot be asked ({error}); check --database, or leave it out to judge by answers"
        ) from error
    return Sold(**dict(row))
