"""The Pulumi program: it reads the configuration and wires the components, and decides nothing."""

# ruff: noqa: E402 - Pulumi runs this file from its own folder, so the package must be made importable first
from __future__ import annotations

import gc
import sys
from datetime import UTC, datetime
from pathlib import Path

# a deployment is short and keeps what it makes; looking for garbage among it would take a quarter of its time
gc.disable()

ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

import pulumi

from infra import wiring
from infra.settings import StackSettings, from_pulumi


def declare(settings: StackSettings) -> None:
    """Every component, from the ground up, and what others need to know of them."""
    network = wiring.make_network(settings)
    balancer = wiring.make_balancer(settings, network)
    edge = wiring.make_edge(settings, balancer)
    database = wiring.make_database(settings, network)
    cache = wiring.make_cache(settings, network)
    service = wiring.make_service(settings)
    fleet = wiring.make_fleet(settings, network, balancer, service, wiring.stores(database, cache))
    wiring.make_scaling(settings, balancer, fleet)
    observability = wiring.make_observability(settings, balancer, edge, fleet, database, cache)

    url = wiring.url_of(settings, balancer, edge)
    pulumi.export("url", url)
    pulumi.export("waiting_room_url", pulumi.Output.concat(url, "/wait/") if settings.service.waiting_room else None)
    pulumi.export("balancer_dns_name", balancer.dns_name)
    pulumi.export("name_servers", balancer.domain.name_servers if balancer.domain else None)
    pulumi.export("group_name", fleet.group_name)
    pulumi.export("artifact_bucket", fleet.artifact_bucket)
    pulumi.export("static_bucket", edge.static_bucket if edge else None)
    pulumi.export("service_parameter", service.parameter.name)
    pulumi.export("alarm_topic_arn", observability.topic_arn)
    pulumi.export("dashboard", wiring.dashboard_of(observability))


declare(from_pulumi(datetime.now(UTC)))
