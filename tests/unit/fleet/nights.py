"""A group that is told second by second what its servers meet, as in a rehearsal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from floodgate.awsrules.model import Group, PredictiveScaling, TargetTracking
from floodgate.awsrules.scaling import target_tracking_alarms
from floodgate.fleet import Fleet, Unknowns
from floodgate.fleet.live import Live


class Night(Fleet):
    """A group that sees what it is told."""

    def __init__(self, group: Group, unknowns: Unknowns, start: datetime, **given: Any) -> None:
        watched: list[Any] = []
        for policy in group.policies:
            if isinstance(policy, TargetTracking):
                watched.append((target_tracking_alarms.metric_of(policy, group.name), policy.period_s))
            elif not isinstance(policy, PredictiveScaling):
                watched += [(alarm.metric, alarm.period_s) for alarm in policy.alarms]
        tick_s = min([60, *(period_s for _, period_s in watched)])
        self._live = Live({metric for metric, _ in watched}, start, detailed=group.detailed_monitoring, tick_s=tick_s)
        super().__init__(group, unknowns, start, self._live, **given)

    def step(self, second: int) -> None:
        """Let everything happen that is due."""
        self.advance(second)

    def observe(self, requests: float, cpu_percent: float, custom: Mapping[str, float]) -> None:
        """Note one second."""
        self._live.observe(requests, cpu_percent, custom, self.serving, self.serving + self.launching)

    def observe_span(
        self, requests: Sequence[float], cpu_percent: Sequence[float], custom: Mapping[str, Sequence[float]]
    ) -> None:
        """Note a stretch of seconds."""
        self._live.observe_span(requests, cpu_percent, custom, self.serving, self.serving + self.launching)
