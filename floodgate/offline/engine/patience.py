"""Deletions that AWS refuses for as long as something else stands: the real provider tries them again.

The engine deletes together what does not name one another, such as an internet gateway and the NAT gateways behind
it; which comes first, nobody says. The real provider repeats for up to twenty minutes:
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/internet_gateway#timeouts
Here nothing takes long, so a deletion waits only for others to end.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition

from botocore.exceptions import ClientError

from floodgate.offline.problems import Refused

IN_USE = frozenset({"DependencyViolation", "ResourceInUse"})
"""The refusals that the real provider takes for a matter of time."""


class Deletions:
    """The deletions of one provider.

    Args:
        patience_s: how long a refused one waits for any other to end before it is tried for the last time.
    """

    def __init__(self, patience_s: float = 3.0) -> None:
        self._patience_s = patience_s
        self._ended = 0
        self._another = Condition()

    def carry_out(self, delete: Callable[[], None]) -> None:
        """Call `delete`, again and again while others end and it is refused because of what is in use.

        Raises:
            Refused: nothing else ends any more.
        """
        hopeful = True
        while True:
            seen = self._ended
            try:
                delete()
            except Refused as refused:
                if not hopeful or not _in_use(refused):
                    raise
                hopeful = self._wait_for_another(seen)
            else:
                break
        with self._another:
            self._ended += 1
            self._another.notify_all()

    def _wait_for_another(self, seen: int) -> bool:
        with self._another:
            return self._another.wait_for(lambda: self._ended > seen, self._patience_s)


def _in_use(refused: Refused) -> bool:
    cause = refused.__cause__
    return isinstance(cause, ClientError) and cause.response["Error"].get("Code") in IN_USE
