"""Lifecycle hooks with the fields they were given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.autoscaling.models import AutoScalingBackend, LifecycleHook
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import EmptyResult

from floodgate.offline.repairs.autoscaling.fields import group_named, invalid
from floodgate.offline.repairs.kept import keep
from floodgate.offline.repairs.patching import patch

_FORGOTTEN = ("RoleARN", "NotificationTargetARN", "NotificationMetadata")
_GLOBAL_TIMEOUT_S = 172_800


@patch(AutoScalingResponse, "put_lifecycle_hook")
def put_lifecycle_hook(self: Any) -> EmptyResult:
    """Moto answers with a role and a queue of its own, and hangs hooks on groups that do not exist."""
    put(self.autoscaling_backend, self._get_params())
    return EmptyResult()


def put(backend: Any, params: Mapping[str, Any]) -> None:
    """Make or change a hook; what a change does not name stays.

    The longest an instance waits is 100 heartbeats or 48 hours, whichever is less:
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html
    """
    group, name = group_named(backend, params["AutoScalingGroupName"]).name, params["LifecycleHookName"]
    hook = backend.lifecycle_hooks.get(f"{group}_{name}") or _new(name, group, params)
    backend.lifecycle_hooks[f"{group}_{name}"] = hook
    keep(hook, params, (*_FORGOTTEN, "HeartbeatTimeout", "DefaultResult", "LifecycleTransition"))
    hook.global_timeout = min(_GLOBAL_TIMEOUT_S, 100 * hook.heartbeat_timeout)


def _new(name: str, group: str, params: Mapping[str, Any]) -> Any:
    hook = LifecycleHook(name, group, params["LifecycleTransition"], None, None)
    for field in ("role_arn", "notification_target_arn", "notification_metadata"):
        setattr(hook, field, None)
    return hook


@patch(AutoScalingBackend, "delete_lifecycle_hook")
def delete_one_that_is_there(self: Any, as_name: str, name: str) -> None:
    """Moto deletes hooks that do not exist."""
    if f"{group_named(self, as_name).name}_{name}" not in self.lifecycle_hooks:
        raise invalid("No Lifecycle Hook found")
    delete_one_that_is_there.original(self, as_name, name)


def forget_group(backend: Any, group: str) -> None:
    """A group's hooks end with it."""
    for key, hook in list(backend.lifecycle_hooks.items()):
        if hook.auto_scaling_group_name == group:
            del backend.lifecycle_hooks[key]
