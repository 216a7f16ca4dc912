"""Where bookings are kept."""

from infra.database.database import Database, DatabaseArgs
from infra.database.settings import DatabaseSettings

__all__ = ["Database", "DatabaseArgs", "DatabaseSettings"]
