"""Reads a deployed stack as a plan, through boto3 and read-only calls alone."""

from __future__ import annotations

from floodgate.rehearsal.errors import PlanError
from floodgate.rehearsal.plan import Plan
from floodgate.rehearsal.reading.balancing import read_balancer
from floodgate.rehearsal.reading.cache import read_cache
from floodgate.rehearsal.reading.calls import ACTIONS, Calls, Session
from floodgate.rehearsal.reading.database import read_database
from floodgate.rehearsal.reading.edge import read_edge
from floodgate.rehearsal.reading.group import STACK_TAG, choose_group, read_group, tags
from floodgate.rehearsal.reading.service import read_service

__all__ = ["ACTIONS", "Session", "read_plan"]


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
    vpc_id = _vpc(calls, described.get("VPCZoneIdentifier", ""))
    return Plan(
        region=session.region_name or "",
        group=read_group(calls, described),
        service=read_service(calls, own),
        balancer=balancer[0] if balancer else None,
        edge=read_edge(calls, balancer[1], own.get(STACK_TAG)) if balancer else None,
        database=read_database(calls, vpc_id) if vpc_id else None,
        cache=read_cache(calls, vpc_id) if vpc_id else None,
        notes=tuple(calls.notes),
    )


def _vpc(calls: Calls, subnet_ids: str) -> str | None:
    """The VPC of the group's subnets, whose ids are joined by commas."""
    ids = [part.strip() for part in subnet_ids.split(",") if part.strip()]
    if not ids:
        return None
    subnets = calls.all("ec2", "describe_subnets", "Subnets", SubnetIds=ids[:1])
    if not subnets:
        raise PlanError(f"subnet '{ids[0]}' of the group does not exist; give the group existing subnets")
    return subnets[0]["VpcId"]
