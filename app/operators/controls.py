"""What operators have asked for, and asking for more.

*Fails closed*: an action counts when the database has both the change and its entry in the audit trail. While the
database is away nobody can pause an opening, and nobody is called either (`app.admission`). What asyncpg raises goes
through to the caller.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from app.admission.values import Controls
from app.errors import BadInput
from app.operators.messages import Entry
from app.web.messages import Action

# what goes with each action, beside `do`
_FIELDS = {
    "pause": set(),
    "resume": set(),
    "slow": {"share"},
    "announce": {"texts"},
    "provider": {"provider", "open"},
}
_SQL = {path.stem: path.read_text(encoding="utf-8") for path in Path(__file__).with_name("sql").glob("*.sql")}


Connection = asyncpg.Connection | asyncpg.Pool | asyncpg.pool.PoolConnectionProxy


async def read(connection: Connection, opening: str) -> Controls:
    """What has been asked for; nothing, where nobody ever asked."""
    row = await connection.fetchrow(_SQL["read"], opening)
    return _controls(row) if row is not None else Controls()


async def act(connection: Connection, opening: str, operator: str, action: Action) -> Controls:
    """Do what an operator asks for and write it to the audit trail, both or neither.

    ``pause`` and ``resume`` leave the share as it is; ``slow`` with a share of 1 ends being slow. ``announce`` without
    texts takes the announcement away. Asking twice for the same changes nothing but the audit trail.

    Args:
        connection: or pool.
        opening: name of the opening.
        operator: who asks.
        action: checked by `checked`.
    """
    paused = {"pause": True, "resume": False}.get(action.do)
    texts = json.dumps(action.texts or {}, ensure_ascii=False) if action.do == "announce" else None
    details = {name: getattr(action, name) for name in sorted(_FIELDS[action.do])}
    actor, what, told = _actor(operator), action.do, json.dumps(details, ensure_ascii=False)
    changes = (paused, action.share, texts, action.provider, action.open)
    return _controls(await connection.fetchrow(_SQL["act"], opening, *changes, actor, what, told))


def checked(action: Action, providers: Collection[str]) -> Action:
    """The action, if it says all that it must and nothing else; announcements without control characters.

    Raises:
        BadInput: a field is missing or does not belong to the action, or there is no such provider or language.
    """
    given = {name for name in ("share", "texts", "provider", "open") if getattr(action, name) is not None}
    needed = _FIELDS[action.do]
    # no texts take the announcement away
    if given - needed or needed - given - {"texts"}:
        raise BadInput(
            f"action {action.do} came with {', '.join(sorted(given)) or 'nothing'}, but takes "
            f"{', '.join(sorted(needed)) or 'nothing'}; send exactly that"
        )
    if action.do == "provider" and action.provider not in providers:
        raise BadInput(f"there is no provider of that name; choose one of {', '.join(providers)}")
    return msgspec.structs.replace(action, texts=_texts(action.texts)) if action.texts else action


async def entries(connection: Connection, before: int | None, limit: int) -> list[Entry]:
    """What operators did, the last first: at most `limit` entries older than the entry `before`."""
    rows = await connection.fetch(_SQL["entries"], before, limit)
    return [
        Entry(
            entry_id=row["entry_id"],
            at_s=row["at_s"],
            operator=row["actor"].removeprefix("operator:"),
            action=row["action"],
            opening=row["subject"],
            details=json.loads(row["details"]),
        )
        for row in rows
    ]


async def note(connection: Connection, operator: str, action: str, subject: str) -> None:
    """Write to the audit trail what changes no control, such as a sign-in."""
    await connection.execute(_SQL["note"], _actor(operator), action, subject, "{}")


def _texts(texts: dict[str, str]) -> dict[str, str]:
    if len(texts) > 5 or not all(len(name) == 2 and name.isascii() and name.islower() for name in texts):
        raise BadInput("the announcement's languages must be at most five codes of two letters, such as ko and en")
    cleaned = {name: " ".join(_printable(text).split()) for name, text in texts.items()}
    return {name: text for name, text in cleaned.items() if text}


def _printable(text: str) -> str:
    # an announcement is one paragraph on every page; half characters cannot be stored
    return "".join(" " if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} else sign for sign in text)


def _actor(operator: str) -> str:
    return f"operator:{operator}"


def _controls(row: Any) -> Controls:
    closed: Sequence[str] = row["providers_closed"]
    return Controls(row["paused"], row["share"], json.loads(row["announcement"]), tuple(closed))
