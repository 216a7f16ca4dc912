"""The instances distribution of a group that mixes purchase options: how many are On-Demand, how many Spot.

Sources: "Auto Scaling groups with multiple instance types and purchase options",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups.html;
"InstancesDistribution", https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InstancesDistribution:
    """What is On-Demand: a number of instances at first, then a percentage of all beyond them.

    The defaults are AWS's: no base, and everything On-Demand.
    """

    on_demand_base: int = 0
    on_demand_percent_above_base: int = 100

    def on_demand(self, total: int) -> int:
        """On-Demand instances of so many: the base first, then the percentage, rounded up in their favour."""
        base = min(total, self.on_demand_base)
        return base - (-(total - base) * self.on_demand_percent_above_base // 100)

    def spot(self, total: int) -> int:
        """Spot Instances of so many: the rest."""
        return total - self.on_demand(total)
