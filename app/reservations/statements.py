"""The SQL that reservations send, one statement in each file of ``sql/``; and the same for pgbench.

The functions that they call are in `app/migrations/sql`.
"""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).with_name("sql")
SQL: dict[str, str] = {path.stem: path.read_text(encoding="utf-8").strip() for path in FOLDER.glob("*.sql")}


def for_pgbench(name: str, values: list[str], *, keep: bool = False) -> str:
    r"""A statement as a line of a pgbench script, with SQL expressions in place of its parameters.

    Args:
        name: of the statement.
        values: what stands for ``$1``, ``$2`` and so on, such as ``:person`` or ``gen_random_uuid()``.
        keep: end with ``\gset``, so that the columns of the answer are variables of the script.
    """
    statement = re.sub(r"\$(\d+)", lambda found: values[int(found[1]) - 1], " ".join(SQL[name].split()))
    return f"{statement} \\gset\n" if keep else f"{statement};\n"
