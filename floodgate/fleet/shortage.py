"""Why a launch cannot be had, as a cause and in words."""

from __future__ import annotations

from dataclasses import dataclass

from floodgate.awsrules.instances.launch_failures import Outcome
from floodgate.fleet.account import Account
from floodgate.fleet.context import Context
from floodgate.fleet.events import Cause


@dataclass(frozen=True, slots=True)
class Shortage:
    """What a group is short of; `name` is how read-outs call it."""

    name: str
    cause: Cause
    reason: str


def of_quota(context: Context, short: int) -> Shortage:
    """The account may run no more vCPUs."""
    quota = context.unknowns.vcpu_quota
    words = f"the account may run {quota:,} vCPUs, {context.roster.vcpus:,} run; {short:,} servers wait"
    return Shortage("quota", Cause("quota", "vCPUs"), words)


def of_rate(account: Account) -> Shortage:
    """EC2 takes launches no faster."""
    words = f"EC2 takes {account.refill_per_s:g} launches a second and the group asks for more"
    return Shortage("launch rate", Cause("throttling", "launch rate"), words)


def after_placing(account: Account, placed: Outcome) -> Shortage:
    """No zone has what is left: no capacity of any type, or no address."""
    zones = {
        reason: sorted({zone for zone, why, _ in placed.failed if why == reason}) for _, reason, _ in placed.failed
    }
    if "capacity" in zones or not placed.failed:
        named = ", ".join(sorted(zones.get("capacity", ())) or sorted(account.closed_zones()))
        kinds = ", ".join(kind.name for kind in account.types)
        cause = Cause("capacity", named)
        return Shortage("no capacity", cause, f"EC2 has no {kinds} in {named} now")
    named = ", ".join(sorted(zones["addresses"]))
    return Shortage("addresses", Cause("addresses", named), f"the subnets in {named} have no free address")
