"""Group metrics: all of them by default, added and taken away by name.

The list is AWS's: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_EnableMetricsCollection.html
"""

from __future__ import annotations

from typing import Any

from moto.autoscaling.models import FakeAutoScalingGroup
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import EmptyResult

from floodgate.offline.repairs.autoscaling.fields import group_named
from floodgate.offline.repairs.patching import patch

_COUNTS = ("InService", "Pending", "Standby", "Terminating", "Total")
ALL = (
    *("GroupMinSize", "GroupMaxSize", "GroupDesiredCapacity"),
    *(f"Group{state}Instances" for state in _COUNTS),
    *(f"Group{state}Capacity" for state in _COUNTS),
    *(f"WarmPool{state}Capacity" for state in ("Desired", "Warmed", "Pending", "Terminating", "Total")),
    *("GroupAndWarmPoolDesiredCapacity", "GroupAndWarmPoolTotalCapacity"),
)


@patch(FakeAutoScalingGroup, "enable_metrics_collection")
def enable_all_unless_named(self: Any, metrics: list[str] | None) -> None:
    """Moto enables nothing when no metric is named, and forgets those enabled before."""
    wanted = {*self.metrics, *(metrics or ALL)}
    self.metrics = [metric for metric in ALL if metric in wanted] + sorted(wanted - set(ALL))


@patch(AutoScalingResponse, "disable_metrics_collection")
def disable_metrics_collection(self: Any) -> EmptyResult:
    """Moto has no such operation."""
    params = self._get_params()
    group = group_named(self.autoscaling_backend, params["AutoScalingGroupName"])
    unwanted = set(params.get("Metrics") or group.metrics)
    group.metrics = [metric for metric in group.metrics if metric not in unwanted]
    return EmptyResult()
