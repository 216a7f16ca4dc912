"""What a group launches: its instance types with weights, On-Demand or Spot, the version, the monitoring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from floodgate.awsrules.model import InstanceType
from floodgate.rehearsal.errors import PlanError
from floodgate.rehearsal.reading.calls import Calls, NotTold
from floodgate.rehearsal.reading.values import Described, need

UNKNOWN_TYPE = "unknown"


@dataclass(frozen=True, slots=True)
class Launching:
    """What a new instance is; `types` in the order in which they are tried."""

    types: tuple[InstanceType, ...]
    version: str
    spot: bool
    detailed_monitoring: bool


def read_launching(calls: Calls, group: Described) -> Launching:
    """What the group launches: out of its template, its mixed instances policy or its launch configuration."""
    if group.get("LaunchConfigurationName"):
        return _configured(calls, group, group["LaunchConfigurationName"])
    mixed = group.get("MixedInstancesPolicy") or {}
    template = mixed.get("LaunchTemplate") or {}
    chosen = group.get("LaunchTemplate") or template.get("LaunchTemplateSpecification") or {}
    latest = _template(calls, chosen) if chosen else {}
    data = latest.get("LaunchTemplateData") or {}
    market = (data.get("InstanceMarketOptions") or {}).get("MarketType")
    return Launching(
        types=_types(calls, group, template.get("Overrides") or [], data.get("InstanceType")),
        version=version_of(chosen, latest.get("VersionNumber")),
        spot=market == "spot" or _spot(calls, mixed),
        detailed_monitoring=bool((data.get("Monitoring") or {}).get("Enabled", False)),
    )


def version_of(template: Described, number: int | None = None) -> str:
    """Launch template and version as one word; `number` is what ``$Latest`` or ``$Default`` stands for."""
    name = template.get("LaunchTemplateId") or template.get("LaunchTemplateName") or ""
    version = template.get("Version") or "$Default"
    return f"{name}:{number if number is not None and version.startswith('$') else version}" if name else ""


def instance_type(calls: Calls, name: str, weight: int = 1) -> InstanceType:
    """What an instance of this type brings; vCPUs and memory are 0 where the plan does not tell them.

    Raises:
        PlanError: EC2 offers no such type here.
    """
    try:
        found = calls.all("ec2", "describe_instance_types", "InstanceTypes", InstanceTypes=[name])
    except NotTold as gap:
        calls.note(f"{gap.file} is not there: vCPUs and memory of '{name}' are not known")
        return InstanceType(name, 0, 0, weight)
    if not found:
        raise PlanError(f"instance type '{name}' is unknown in this region; choose one that EC2 offers here")
    vcpus = (found[0].get("VCpuInfo") or {}).get("DefaultVCpus") or 0
    return InstanceType(name, vcpus, (found[0].get("MemoryInfo") or {}).get("SizeInMiB") or 0, weight)


def _configured(calls: Calls, group: Described, name: str) -> Launching:
    """A launch configuration; detailed monitoring is its default.

    Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateLaunchConfiguration.html
    """
    found = calls.told(
        f"what launch configuration '{name}' launches is taken from the group's instances",
        "autoscaling", "describe_launch_configurations", "LaunchConfigurations", LaunchConfigurationNames=[name],
    )  # fmt: skip
    own = found[0] if found else {}
    return Launching(
        types=_types(calls, group, [], own.get("InstanceType")),
        version=name,
        spot=bool(own.get("SpotPrice")),
        detailed_monitoring=bool(own) and (own.get("InstanceMonitoring") or {}).get("Enabled", True),
    )


def _template(calls: Calls, chosen: Described) -> Described:
    key = "LaunchTemplateId" if chosen.get("LaunchTemplateId") else "LaunchTemplateName"
    found = calls.told(
        "instance type and monitoring are taken from the group's instances, as far as those tell them",
        "ec2", "describe_launch_template_versions", "LaunchTemplateVersions",
        Versions=[chosen.get("Version") or "$Default"], **{key: need(chosen, key, "the launch template")},
    )  # fmt: skip
    return found[0] if found else {}


def _types(
    calls: Calls, group: Described, overrides: Sequence[Described], of_template: str | None
) -> tuple[InstanceType, ...]:
    """The types in the order in which they are tried; attributes in place of names are told by the instances."""
    named = [(o["InstanceType"], _weight(o)) for o in overrides if o.get("InstanceType")]
    if any(o.get("InstanceRequirements") for o in overrides):
        calls.note("the group chooses instance types by attributes: those that it has now are rehearsed")
    if not named and of_template:
        named = [(of_template, 1)]
    if not named:
        there = [i["InstanceType"] for i in group.get("Instances") or [] if i.get("InstanceType")]
        # the type that most of them have comes first
        named = [(kind, 1) for kind in sorted(set(there), key=lambda kind: (-there.count(kind), kind))]
    if not named:
        calls.note("the plan does not tell an instance type: vCPUs and memory are not known")
        return (InstanceType(UNKNOWN_TYPE, 0, 0),)
    if any(o.get("LaunchTemplateSpecification") for o in overrides):
        calls.note("some instance types have launch templates of their own, which are not read")
    return tuple(instance_type(calls, name, weight) for name, weight in dict(named).items())


def _weight(override: Described) -> int:
    """WeightedCapacity, which AWS writes as text; 1 to 999.

    Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchTemplateOverrides.html
    """
    text = override.get("WeightedCapacity") or "1"
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 999):
        raise PlanError(
            f"instance type '{override['InstanceType']}': WeightedCapacity is {text!r}; it must be 1 to 999"
        )
    return int(text)


def _spot(calls: Calls, mixed: Described) -> bool:
    """Whether new instances are Spot; a group of both kinds counts as the one that it mostly launches."""
    if not mixed:
        return False
    shares = mixed.get("InstancesDistribution") or {}
    above = shares.get("OnDemandPercentageAboveBaseCapacity")
    above, base = 100 if above is None else above, shares.get("OnDemandBaseCapacity") or 0
    kind = "Spot" if above < 50 else "On-Demand"
    if above < 100 and (above > 0 or base > 0):
        calls.note(f"the group mixes On-Demand ({base} and {above} % of the rest) and Spot: all count as {kind}")
    if len((mixed.get("LaunchTemplate") or {}).get("Overrides") or []) > 1:
        calls.note(
            "instance types are tried in the order in which the group lists them, whatever its allocation strategy"
        )
    return kind == "Spot"
