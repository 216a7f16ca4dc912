"""Instance refreshes as records, finished as soon as anybody looks: nothing here takes time.

https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StartInstanceRefresh.html
"""

from __future__ import annotations

from typing import Any

from moto.autoscaling.exceptions import AutoscalingClientError
from moto.autoscaling.responses import AutoScalingResponse
from moto.core import utils
from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random

from floodgate.offline.repairs.autoscaling.fields import group_named, invalid
from floodgate.offline.repairs.patching import patch


def _refreshes(group: Any) -> list[dict[str, Any]]:
    if not hasattr(group, "instance_refreshes"):
        group.instance_refreshes = []
    return group.instance_refreshes


@patch(AutoScalingResponse, "start_instance_refresh")
def start_instance_refresh(self: Any) -> ActionResult:
    """Moto has no such operation."""
    params = self._get_params()
    group = group_named(self.autoscaling_backend, params["AutoScalingGroupName"])
    _check_rollback(params)
    if any(refresh["Status"] == "Pending" for refresh in _refreshes(group)):
        raise AutoscalingClientError("InstanceRefreshInProgress", "An Instance Refresh is already in progress.")
    refresh = {
        "InstanceRefreshId": str(mock_random.uuid4()),
        "AutoScalingGroupName": group.name,
        "Status": "Pending",
        "StartTime": utils.utcnow(),
        "PercentageComplete": 0,
        "InstancesToUpdate": len(group.instance_states),
        "Strategy": params.get("Strategy", "Rolling"),
        "Preferences": params.get("Preferences"),
        "DesiredConfiguration": params.get("DesiredConfiguration"),
    }
    _refreshes(group).insert(0, refresh)
    return ActionResult({"InstanceRefreshId": refresh["InstanceRefreshId"]})


def _check_rollback(params: Any) -> None:
    """Back to a configuration is possible only where the new one is named, by a version that stays what it is.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html
    """
    if not (params.get("Preferences") or {}).get("AutoRollback"):
        return
    wanted = params.get("DesiredConfiguration") or {}
    if not wanted:
        raise invalid(
            "The request isn't valid. The AutoRollback parameter cannot be set to true when the DesiredConfiguration "
            "parameter is empty. Set AutoRollback to false or specify a desired configuration and try again."
        )
    mixed = wanted.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    template = wanted.get("LaunchTemplate") or mixed.get("LaunchTemplateSpecification", {})
    if template.get("Version", "$Default") in ("$Latest", "$Default"):
        raise invalid(
            "The request isn't valid. The AutoRollback parameter cannot be set to true when the launch template's "
            "version is $Latest or $Default. Specify a version number and try again."
        )


@patch(AutoScalingResponse, "describe_instance_refreshes")
def describe_instance_refreshes(self: Any) -> ActionResult:
    """Moto has no such operation."""
    params = self._get_params()
    wanted = params.get("InstanceRefreshIds")
    group = group_named(self.autoscaling_backend, params["AutoScalingGroupName"])
    found = [r for r in _refreshes(group) if not wanted or r["InstanceRefreshId"] in wanted]
    answer = ActionResult({"InstanceRefreshes": [dict(refresh) for refresh in found]})
    for refresh in found:
        if refresh["Status"] == "Pending":
            _finish(refresh, group)
    return answer


@patch(AutoScalingResponse, "cancel_instance_refresh")
def cancel_instance_refresh(self: Any) -> ActionResult:
    """Moto has no such operation."""
    return _end(self, "Cancelled")


@patch(AutoScalingResponse, "rollback_instance_refresh")
def rollback_instance_refresh(self: Any) -> ActionResult:
    """Moto has no such operation."""
    return _end(self, "RollbackSuccessful")


def _end(response: Any, status: str) -> ActionResult:
    group = group_named(response.autoscaling_backend, response._get_params()["AutoScalingGroupName"])  # noqa: SLF001 - moto's own
    for refresh in _refreshes(group):
        if refresh["Status"] == "Pending":
            refresh |= {"Status": status, "EndTime": utils.utcnow()}
            return ActionResult({"InstanceRefreshId": refresh["InstanceRefreshId"]})
    raise AutoscalingClientError("ActiveInstanceRefreshNotFound", "No in progress or pending Instance Refresh found.")


def _finish(refresh: dict[str, Any], group: Any) -> None:
    refresh |= {"Status": "Successful", "PercentageComplete": 100, "InstancesToUpdate": 0, "EndTime": utils.utcnow()}
    if group.ec2_launch_template:
        version = group.ec2_launch_template.get_version(group.launch_template_version)
        for state in group.instance_states:
            state.launched_from = version
