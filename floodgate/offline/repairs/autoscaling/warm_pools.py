"""Warm pools with their size. No instance is launched into one: a pool here is its configuration.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html
"""

from __future__ import annotations

from typing import Any

from moto.autoscaling.exceptions import AutoscalingClientError
from moto.autoscaling.models import FakeAutoScalingGroup
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import EmptyResult

from floodgate.awsrules.instances.warm_pool import size
from floodgate.awsrules.model import WarmPool
from floodgate.offline.repairs.autoscaling.fields import group_named, invalid
from floodgate.offline.repairs.patching import patch, replace


def warm_pool_size(group: Any) -> int | None:
    """Instances that the pool is meant to hold; moto's pools have no size."""
    pool = group.warm_pool
    if pool is None:
        return None
    shape = WarmPool(min_size=pool.min_size, max_prepared=pool.max_group_prepared_capacity)
    return size(shape, group.max_size, group.desired_capacity)


replace(FakeAutoScalingGroup, "warm_pool_size", property(warm_pool_size))


@patch(AutoScalingResponse, "delete_warm_pool")
def delete_warm_pool(self: Any) -> EmptyResult:
    """Moto deletes a pool under its instances, and one that is not there."""
    params = self._get_params()
    group = group_named(self.autoscaling_backend, params["AutoScalingGroupName"])
    if group.warm_pool is None:
        raise invalid(f"No warm pool found for Auto Scaling group {group.name}")
    if group.warm_pool_size and not params.get("ForceDelete"):
        raise AutoscalingClientError("ResourceInUse", "You cannot delete a warm pool that has instances.")
    group.warm_pool = None
    return EmptyResult()


@patch(AutoScalingResponse, "put_warm_pool")
def put_warm_pool(self: Any) -> EmptyResult:
    """Moto forgets what a change does not name; for AWS it stays, and -1 clears the prepared capacity."""
    params = dict(self._get_params())
    pool = group_named(self.autoscaling_backend, params["AutoScalingGroupName"]).warm_pool
    if pool is not None:
        before = {
            "MaxGroupPreparedCapacity": pool.max_group_prepared_capacity,
            "MinSize": pool.min_size,
            "PoolState": pool.pool_state,
            "InstanceReusePolicy": pool.instance_reuse_policy,
        }
        params = before | params
    if params.get("MaxGroupPreparedCapacity") == -1:
        params["MaxGroupPreparedCapacity"] = None
    self.params = params
    return put_warm_pool.original(self)
