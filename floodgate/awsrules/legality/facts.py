"""What a check may know beside the request: the time, and what the account already holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Params = Mapping[str, Any]


class NotKnown(Exception):  # noqa: N818 - no error, the end of what is known
    """What is known of the account does not hold the answer of a describe call; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The account around a request.

    Args:
        now: the account's time, aware, in UTC.
        lookup: answers a describe call with its first list, e.g.
            ``lookup("autoscaling.describe_policies", {"AutoScalingGroupName": "web"})``; raises NotKnown.
        untold: given where only a part of the account is known: hears what a check goes on without.
    """

    now: datetime
    lookup: Callable[[str, Params], list[dict[str, Any]]]
    untold: Callable[[str], None] | None = None

    def known(self, call: str, asked: Params) -> list[dict[str, Any]] | None:
        """The same as `lookup`; None where the answer is not known, and the check is to go on without it.

        Raises:
            NotKnown: it is not known, and nobody hears of it (fail-closed).
        """
        try:
            return self.lookup(call, asked)
        except NotKnown as gap:
            if self.untold is None:
                raise
            self.untold(str(gap))
            return None

    def is_missing(self, thing: str) -> bool:
        """Whether a thing that no list holds is therefore not there; a part of an account may just not tell it."""
        if self.untold is None:
            return True
        self.untold(f"{thing} is not told")
        return False


Check = Callable[[Params, Facts], None]
