"""Messages to people, written in the transaction that gives reason to them, and sent by the leader afterwards.

At least once: who dies between sending and saying so sends again a minute later; a sender therefore gets the message's
number, by which a provider can tell the second from the first. Several senders never take the same message at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import asyncpg
import structlog

from app.clock import Clock
from app.reservations.contacts import Contacts
from app.reservations.pool import session
from app.reservations.statements import SQL
from app.web.messages import Contact

BATCH = 100
AGAIN_AFTER_S = 60


@dataclass(frozen=True, slots=True)
class Message:
    """One message: `kind` tells the text, `reference` the booking; no contact where it was cancelled meanwhile."""

    message_id: int
    kind: str
    reference: str
    attempts: int
    contact: Contact | None


class Sender(Protocol):
    """Who brings messages to people."""

    async def send(self, message: Message) -> None:
        """Bring one; any error means that it is tried again later."""
        ...


class LogSender:
    """Writes down that there is a message, and nothing of whom it goes to; for a machine without a provider."""

    async def send(self, message: Message) -> None:
        """Write it down."""
        log = structlog.get_logger("outbox")
        log.info("message", message_id=message.message_id, kind=message.kind, attempts=message.attempts)


async def send_due(pool: asyncpg.Pool, opening: str, contacts: Contacts, sender: Sender, clock: Clock) -> int:
    """Send what is due; how many were sent. The connection is given back before anything is sent.

    Fail-open: a message that cannot be sent waits for its next minute, and does not hold up the others.
    """
    now = datetime.fromtimestamp(clock.now_s(), UTC)
    async with session(pool) as connection:
        rows = await connection.fetch(SQL["messages_take"], opening, now, AGAIN_AFTER_S, BATCH)
    sent = [row["message_id"] for row in rows if await _sent(_message(row, opening, contacts), sender)]
    if sent:
        await _remember(pool, sent, now)
    return len(sent)


async def _sent(message: Message, sender: Sender) -> bool:
    try:
        await sender.send(message)
    except Exception:  # noqa: BLE001  whatever a provider raises, the others must get theirs
        structlog.get_logger("outbox").warning("message not sent", message_id=message.message_id)
        return False
    return True


async def _remember(pool: asyncpg.Pool, sent: Sequence[int], now: datetime) -> None:
    async with session(pool) as connection:
        await connection.execute(SQL["messages_sent"], sent, now)


def _message(row: asyncpg.Record, opening: str, contacts: Contacts) -> Message:
    sealed = row["contact"]
    contact = contacts.decrypt(sealed, opening, row["person"]) if sealed is not None else None
    return Message(row["message_id"], row["kind"], row["reference"], row["attempts"], contact)
