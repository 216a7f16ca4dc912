"""What several repairs of Auto Scaling share: keeping the fields that moto forgets, and AWS's refusals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from botocore import xform_name
from moto.autoscaling.exceptions import AutoscalingClientError


def keep(owner: Any, params: Mapping[str, Any], names: Iterable[str]) -> None:
    """Keep the named parameters on moto's object, where its answers look for them."""
    for name in names:
        if name in params:
            setattr(owner, xform_name(name), params[name])


def invalid(message: str) -> AutoscalingClientError:
    """AWS's usual refusal."""
    return AutoscalingClientError("ValidationError", message)


def group_named(backend: Any, name: str) -> Any:
    """The group, or AWS's refusal where there is none."""
    group = backend.autoscaling_groups.get(name)
    if group is None:
        raise invalid(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
    return group


def check_target_groups(backend: Any, arns: Iterable[str]) -> None:
    """AWS attaches only target groups that exist."""
    missing = [arn for arn in arns if arn not in backend.elbv2_backend.target_groups]
    if missing:
        raise invalid(f"Provided Target Groups may not be valid. Please ensure they exist and try again: {missing[0]}")
