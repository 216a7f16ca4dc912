"""What a group of servers is, in numbers: how many at worst, of how many vCPUs, and its minimum over time."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from policy.view import UNKNOWN, Resource, Stack

GROUP = "autoscaling/group"
# rebalancing over zones may exceed the maximum by a tenth or one server, whichever is more
# https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-availability-zone-balanced.html
REBALANCING_SHARE = 0.10
# the families that "Running On-Demand Standard instances" counts; each other family has a quota of its own
# https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
_STANDARD = re.compile(r"^([acdhimrtz]|im|is)\d")
_TYPE = re.compile(r"^(?P<family>[a-z]+\d+[a-z0-9-]*)\.(?P<size>[a-z0-9-]+)$")
_XLARGE = re.compile(r"^(?P<count>\d*)xlarge$")
# families from before the sizes meant what they mean now, and two sizes that do not
# https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html
_OTHERWISE = re.compile(r"^(c1|m1|m2|t1|hpc\w+)$")
_EXCEPTIONS = {"c4.8xlarge": 36, "d2.8xlarge": 36}


def vcpus_of(instance_type: str) -> int | None:
    """Virtual CPUs of a type, by its name: an ``xlarge`` has 4, ``<n>xlarge`` 4n; None where the name does not tell."""
    match = _TYPE.match(instance_type)
    if match is None or _OTHERWISE.match(match["family"]):
        return None
    if xlarge := _XLARGE.match(match["size"]):
        return _EXCEPTIONS.get(instance_type, 4 * int(xlarge["count"] or 1))
    if match["family"].startswith("t"):
        one = match["family"] == "t2" and match["size"] in {"nano", "micro", "small"}
        return 1 if one else 2 if match["size"] in {"nano", "micro", "small", "medium", "large"} else None
    return {"large": 2, "medium": 1}.get(match["size"])


def is_standard(instance_type: str) -> bool:
    """Whether a type counts against the quota of standard families."""
    return bool(_STANDARD.match(instance_type))


@dataclass(frozen=True, eq=False)
class Group:
    """One Auto Scaling group of a stack."""

    stack: Stack
    resource: Resource

    @property
    def max_size(self) -> int:
        """Its maximum; 0 while it is unknown."""
        return _whole(self.resource.get("maxSize"))

    @property
    def min_size(self) -> int:
        """The minimum it is declared with; 0 while it is unknown."""
        return _whole(self.resource.get("minSize"))

    @property
    def servers_at_worst(self) -> int:
        """Servers that may be in service at one moment: while it is replaced, or rebalanced over zones."""
        percents = (
            self.resource.get("instanceMaintenancePolicy.maxHealthyPercentage"),
            self.resource.get("instanceRefresh.preferences.maxHealthyPercentage"),
        )
        rolling = max([100, *(percent for percent in percents if isinstance(percent, int))])
        rebalancing = self.max_size + max(1, math.ceil(self.max_size * REBALANCING_SHARE))
        return max(math.ceil(self.max_size * rolling / 100), rebalancing)

    @property
    def pool(self) -> int:
        """Servers of its warm pool beside the largest group, 0 where there is none.

        AWS prepares ``max(minimum, prepared - desired)``:
        https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutWarmPool.html
        """
        if not isinstance(self.resource.get("warmPool"), Mapping):
            return 0
        prepared = _whole(self.resource.get("warmPool.maxGroupPreparedCapacity"))
        return max(_whole(self.resource.get("warmPool.minSize")), prepared - self.max_size, 0)

    @property
    def running_pool(self) -> int:
        """Those of them that run, and so count against the quota."""
        return self.pool if self.resource.get("warmPool.poolState") == "Running" else 0

    @property
    def instance_types(self) -> list[str]:
        """The types it may launch, as far as they are known."""
        return [instance_type for instance_type in self._types if isinstance(instance_type, str)]

    @cached_property
    def _types(self) -> list[Any]:
        templates = self.stack.targets(self.resource, "launchTemplate", "ec2/launchTemplate")
        templates += self.stack.targets(self.resource, "mixedInstancesPolicy", "ec2/launchTemplate")
        templates += self.stack.targets(self.resource, "launchConfiguration", "ec2/launchConfiguration")
        return _overrides(self.resource) or [template.get("instanceType") for template in templates]

    @property
    def _elsewhere(self) -> bool:
        """Whether its template is one that is not known yet, or of another stack."""
        return not self._types and self.resource.gives("launchTemplate")

    @property
    def types_known(self) -> bool:
        """Whether no type of its is still unknown."""
        holders = [self.resource.get("mixedInstancesPolicy"), self.resource.get("launchConfiguration")]
        return UNKNOWN not in self._types and UNKNOWN not in holders and not self._elsewhere

    @property
    def vcpus(self) -> int | None:
        """Virtual CPUs of its largest type; None where one of its types does not tell."""
        known = [vcpus_of(instance_type) for instance_type in self.instance_types]
        return max((vcpus for vcpus in known if vcpus), default=None) if None not in known else None

    @cached_property
    def _actions(self) -> list[Resource]:
        return self.stack.may_name(self.resource, "autoscalingGroupName", "autoscaling/schedule")

    @property
    def schedule_known(self) -> bool:
        """Whether every scheduled action that may be its own is known."""
        names = ("startTime", "minSize")
        own = self.stack.naming(self.resource, "autoscalingGroupName", "autoscaling/schedule")
        hidden = any(UNKNOWN in [action.get(name) for name in names] for action in own)
        return len(own) == len(self._actions) and not hidden and self.resource.get("minSize") is not UNKNOWN

    @cached_property
    def raises(self) -> list[tuple[datetime, int]]:
        """Its scheduled minima: when each begins and what it is, in order; those that repeat are not among them."""
        found = []
        for action in self._actions:
            start, minimum = _instant(action.get("startTime")), action.get("minSize")
            # -1 leaves the minimum as it is
            if start and isinstance(minimum, int) and minimum >= 0 and not action.gives("recurrence"):
                found.append((start, minimum))
        return sorted(found)

    @property
    def repeated_minimum(self) -> int:
        """The highest minimum of a scheduled action that repeats; when it does is believed, not judged."""
        repeating = [action for action in self._actions if action.gives("recurrence")]
        return max((_whole(action.get("minSize")) for action in repeating), default=0)

    def minimum_at(self, moment: datetime) -> int:
        """The minimum in force at a moment: declared, or as the last scheduled action before it says."""
        return next((minimum for start, minimum in reversed(self.raises) if start <= moment), self.min_size)


def groups(stack: Stack) -> list[Group]:
    """The Auto Scaling groups of a stack."""
    return [Group(stack, resource) for resource in stack.of(GROUP)]


def _overrides(resource: Resource) -> list[Any]:
    entries = resource.get("mixedInstancesPolicy.launchTemplate.overrides")
    return [e.get("instanceType") for e in entries if isinstance(e, Mapping)] if isinstance(entries, list) else []


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _instant(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
