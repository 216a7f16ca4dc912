"""What the leader publishes once a minute: the fleet's step policy scales on the number of people who wait.

Fail-open: a minute that cannot be published is told in the log and left out; the openings' schedule scales without it.
Two leaders in one minute do no harm, since alarms and dashboards take the maximum.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from app.admission.capacity import BOTO
from app.admission.document import Snapshot
from app.admission.troubles import Troubles

NAMESPACE = "Floodgate"
MINUTE_S = 60.0


class CloudWatch:
    """An observer of the controller that publishes its snapshots.

    Args:
        session: of boto3, in the fleet's region.
        stack: the stack's name, which is the dimension.
        monotonic: this machine's clock that never goes back, in seconds.
        troubles: where failures are told.
    """

    def __init__(
        self, session: Any, stack: str, monotonic: Callable[[], float], troubles: Troubles | None = None
    ) -> None:
        self._client = session.client("cloudwatch", config=BOTO)
        self._stack = stack
        self._monotonic = monotonic
        self._troubles = troubles or Troubles()
        self._at = float("-inf")
        self._publishing: asyncio.Task[None] | None = None

    def observe(self, snapshot: Snapshot) -> None:
        """Publish in the background where a minute has passed, and the last minute is through."""
        now = self._monotonic()
        if now - self._at >= MINUTE_S and (self._publishing is None or self._publishing.done()):
            self._at = now
            self._publishing = asyncio.create_task(self.publish(snapshot))

    async def publish(self, snapshot: Snapshot) -> None:
        """Publish now, in a thread; a failure is told and ends there."""
        values = metrics(snapshot, self._stack)
        try:
            await asyncio.to_thread(self._client.put_metric_data, Namespace=NAMESPACE, MetricData=values)
        except (BotoCoreError, ClientError) as error:
            self._troubles.failed("cloudwatch", error)
        else:
            self._troubles.well("cloudwatch")


def metrics(snapshot: Snapshot, stack: str) -> list[dict[str, Any]]:
    """The snapshot as CloudWatch takes it. Nobody waits for an opening that is over, so it does not keep servers."""
    over = snapshot.phase in {"before", "closed"}
    values = (
        ("PeopleWaiting", 0 if over else snapshot.waiting, "Count"),
        ("PeopleInside", snapshot.inside, "Count"),
        ("CalledPerSecond", 0.0 if over else snapshot.called_per_s, "Count/Second"),
        ("BookedPerMinute", snapshot.booked_per_minute, "Count"),
    )
    dimensions = [{"Name": "Stack", "Value": stack}]
    return [
        {"MetricName": name, "Value": float(value), "Unit": unit, "Dimensions": dimensions}
        for name, value, unit in values
    ]
