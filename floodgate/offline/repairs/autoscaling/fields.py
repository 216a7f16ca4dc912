"""What several repairs of Auto Scaling share: AWS's refusals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from moto.autoscaling.exceptions import AutoscalingClientError


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
