"""The database's schema, moved forward while the old version of the service goes on (see README.md here)."""

from app.migrations.migrating import migrate

__all__ = ["migrate"]
