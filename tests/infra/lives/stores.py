"""What the lives of databases, caches, keys and secrets share: their ground, and what must hold of a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jmespath

from floodgate.offline.handlers.base import RESOURCES, Change
from tests.infra.lives.lives import Life, Thing

Description = Callable[[], Any]
CLUSTER, MEMBER, INSTANCE = (
    "aws:rds/cluster:Cluster",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:rds/instance:Instance",
)
TO_BE_GONE = {"applyImmediately": True, "skipFinalSnapshot": True}
KEY = "arn:aws:kms:ap-northeast-2:123456789012:key/11111111-2222-3333-4444-555555555555"
ROLE = "arn:aws:iam::123456789012:role/{}"


def subnets(life: Life, zones: str = "abc") -> list[str]:
    """Subnets of one network, in these zones."""
    vpc = life.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16").id
    return [
        life.make(
            "aws:ec2/subnet:Subnet",
            zone,
            vpcId=vpc,
            cidrBlock=f"10.0.{place}.0/24",
            availabilityZone=f"ap-northeast-2{zone}",
        ).id
        for place, zone in enumerate(zones)
    ]


def settled(life: Life, thing: Thing) -> None:
    """AWS has what was declared: a refresh finds no drift, and nothing more would change."""
    before = thing.inputs
    drift = {name: (before.get(name), thing.inputs.get(name)) for name in life.refresh(thing)}
    assert not drift, f"{thing.who} drifted: {drift}"
    assert life.plan(thing) == (), "the same program again must change nothing"


def changes(life: Life, thing: Thing, told: Description, new: Mapping[str, Any], path: str, expected: Any) -> None:
    """A change is made in place, AWS tells it, a preview could not have known more, and afterwards all is settled."""
    before, old = thing.state, thing.inputs
    assert life.change(thing, **new) == life.meant(thing, new)
    assert jmespath.search(path, told()) == expected
    change = Change(old, thing.inputs, frozenset(new))
    silent = {name for name in {*before, *thing.state} if before.get(name) != thing.state.get(name)}
    silent -= {*new, "tagsAll", *RESOURCES[thing.who.token].unknown_after(change)}
    assert not silent, f"{thing.who}: a preview of {new} takes {silent} for what they were"
    settled(life, thing)


def restore(life: Life, thing: Thing, **inputs: Any) -> None:
    """Deploy again what the program says, over what somebody changed."""
    life.change(thing, **inputs)
    settled(life, thing)


def said(*props: Mapping[str, Any]) -> dict[str, Any]:
    """All of them, the later ones before the earlier; None takes one away."""
    every = {name: value for some in props for name, value in some.items()}
    return {name: value for name, value in every.items() if value is not None}


def cluster(life: Life, **props: Any) -> Thing:
    """An Aurora cluster that may be deleted without a last snapshot."""
    given = {"clusterIdentifier": "db", "engine": "aurora-postgresql", "engineVersion": "16.6", "masterUsername": "app"}
    return life.make(CLUSTER, **said(given, {"manageMasterUserPassword": True}, TO_BE_GONE, props))


def member(life: Life, name: str = "one", **props: Any) -> Thing:
    """An instance of that cluster."""
    given = {"clusterIdentifier": "db", "engine": "aurora-postgresql", "instanceClass": "db.r8g.large"}
    return life.make(MEMBER, name, identifier=name, applyImmediately=True, **given | props)


def instance(life: Life, **props: Any) -> Thing:
    """An instance of PostgreSQL in no cluster, which may be deleted without a last snapshot."""
    given = {"identifier": "single", "engine": "postgres", "engineVersion": "16.8", "instanceClass": "db.t4g.small"}
    more = {"allocatedStorage": 20, "username": "app", "manageMasterUserPassword": True}
    return life.make(INSTANCE, **said(given, more, TO_BE_GONE, props))
