"""What PostgreSQL is told beyond AWS's defaults, as plain values."""

from __future__ import annotations

from typing import Any


def parameters(slow_statement_ms: int) -> list[Any]:
    """TLS for everybody, and a log that explains a slow opening.

    The names are PostgreSQL's: https://www.postgresql.org/docs/17/runtime-config-logging.html;
    ``rds.force_ssl`` is AWS's:
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
    """
    values = {
        "log_min_duration_statement": str(slow_statement_ms),
        "log_lock_waits": "1",
        "log_connections": "1",
        "log_disconnections": "1",
        # a transaction left open holds a place that somebody else could book
        "idle_in_transaction_session_timeout": "30000",
    }
    immediately = [{"name": name, "value": value, "apply_method": "immediate"} for name, value in values.items()]
    # it is AWS's default since PostgreSQL 15, for which AWS answers "pending-reboot" whatever was asked, and every
    # preview would show a change: https://github.com/hashicorp/terraform-provider-aws/issues/39252
    return [{"name": "rds.force_ssl", "value": "1", "apply_method": "pending-reboot"}, *immediately]


def major_version(engine_version: str) -> str:
    """``17`` of ``17.5``; parameter groups are per major version."""
    return engine_version.split(".", maxsplit=1)[0]
