"""Reads a deployed stack as a plan, through boto3 and read-only calls alone."""

from __future__ import annotations

from dataclasses import dataclass

from floodgate.awsrules.model import Group
from floodgate.rehearsal.errors import PlanError
from floodgate.rehearsal.plan import Plan
from floodgate.rehearsal.reading.balancing import read_balancer
from floodgate.rehearsal.reading.cache import read_cache
from floodgate.rehearsal.reading.calls import ACTIONS, Calls, NotTold, Session
from floodgate.rehearsal.reading.database import read_database
from floodgate.rehearsal.reading.edge import read_edge
from floodgate.rehearsal.reading.group import STACK_TAG, choose_group, read_group, subnet_ids, tags
from floodgate.rehearsal.reading.service import read_service
from floodgate.rehearsal.reading.values import need

__all__ = ["ACTIONS", "GroupPlan", "Session", "read_group_plan", "read_plan"]


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """One Auto Scaling group with all that changes its size; `notes` tell what could not be read."""

    group: Group
    notes: tuple[str, ...] = ()


def read_group_plan(session: Session, group_name: str | None = None, *, stack: str | None = None) -> GroupPlan:
    """One Auto Scaling group and nothing around it: needs the groups, and takes what else there is.

    Args:
        session: a boto3 session, or a saved plan (`floodgate.plans`).
        group_name: the group, where there are several.
        stack: the Pulumi stack whose group is meant.

    Raises:
        GroupNotFound: no group, or several and none is meant.
        AccessRefused: a read-only action of `ACTIONS` is not allowed.
        PlanError: what is described breaks a rule, with the value and the remedy.
    """
    calls = Calls(session)
    group = read_group(calls, choose_group(calls, group_name, stack))
    return GroupPlan(group, (*calls.notes, *getattr(session, "notes", ())))


def read_plan(session: Session, group_name: str | None = None, *, stack: str | None = None) -> Plan:
    """What is deployed around one Auto Scaling group, as far as an opening can feel it.

    The group is the named one, else the one tagged ``floodgate:stack=<stack>``, else the only one there is. Its
    balancer is found by its target groups, its edge by the balancer's names, its database and cache by the VPC
    of its subnets, the service's settings by its tag ``floodgate:service``. What is missing is None.

    Args:
        session: a boto3 session, or anything with `region_name` and `client`.
        group_name: the group to rehearse, where there are several.
        stack: the Pulumi stack whose group is meant.

    Raises:
        GroupNotFound: no group, or several and none is meant.
        AccessRefused: a read-only action of `ACTIONS` is not allowed.
        PlanError: what is deployed cannot be rehearsed, with the reason.
    """
    calls = Calls(session)
    described = choose_group(calls, group_name, stack)
    own = tags(described)
    balancer = read_balancer(calls, described)
    vpc_id = _vpc(calls, subnet_ids(described)) or (balancer[1].get("VpcId") if balancer else None)
    return Plan(
        region=session.region_name or "",
        group=read_group(calls, described),
        service=read_service(calls, own),
        balancer=balancer[0] if balancer else None,
        edge=read_edge(calls, balancer[1].get("DNSName") or "", own.get(STACK_TAG)) if balancer else None,
        database=read_database(calls, vpc_id) if vpc_id or calls.saved else None,
        cache=read_cache(calls, vpc_id) if vpc_id or calls.saved else None,
        notes=(*calls.notes, *getattr(session, "notes", ())),
    )


def _vpc(calls: Calls, ids: list[str]) -> str | None:
    """The VPC of the group's subnets; None where they are not told."""
    if not ids:
        return None
    try:
        subnets = calls.all("ec2", "describe_subnets", "Subnets", SubnetIds=ids[:1])
    except NotTold:
        return None
    if not subnets:
        raise PlanError(f"subnet '{ids[0]}' of the group does not exist; give the group existing subnets")
    return need(subnets[0], "VpcId", f"subnet '{ids[0]}'")
