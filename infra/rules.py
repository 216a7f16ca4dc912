"""Rules over several components: what each may be depends on the others.

A rule names the parts it needs, and runs where those are valid by themselves; so one wrong number in the cache
does not hide that the fleet is larger than the account allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from inspect import signature
from typing import Any

from infra.balancer.settings import BalancerSettings
from infra.cache.settings import CacheSettings
from infra.database.settings import DatabaseSettings
from infra.edge.settings import EdgeSettings
from infra.fleet.settings import FleetSettings
from infra.fleet.sizes import servers_for
from infra.network.address_plan import ServerDemand
from infra.network.settings import NetworkSettings
from infra.observability.settings import ObservabilitySettings
from infra.openings import Opening
from infra.problems import Problem
from infra.scaling.schedules import ACTIONS_PER_GROUP
from infra.scaling.settings import ScalingSettings
from infra.service.settings import ServiceSettings
from infra.stack_settings import AccountSettings

Rule = Callable[..., Iterable[Problem]]
_RULES: list[tuple[tuple[str, ...], Rule]] = []


def rule(function: Rule) -> Rule:
    """Register a rule; its parameters are the parts of the configuration it needs."""
    names = tuple(signature(function).parameters)
    _RULES.append((names, function))
    return function


def broken_rules(parts: Mapping[str, Any]) -> Iterator[Problem]:
    """The problems of every rule whose parts are all here."""
    for names, check in _RULES:
        if parts.keys() >= set(names):
            yield from check(*(parts[name] for name in names))


def server_demand(fleet: FleetSettings) -> ServerDemand:
    """What the fleet asks of the subnets at its largest."""
    return ServerDemand(fleet.max_size, fleet.pool_size, fleet.replacement.max_healthy_percent)


@rule
def _subnets_hold_the_fleet(network: NetworkSettings, fleet: FleetSettings) -> Iterable[Problem]:
    return network.fits("floodgate:network", server_demand(fleet))


@rule
def _the_account_allows_the_fleet(fleet: FleetSettings, account: AccountSettings) -> Iterable[Problem]:
    return fleet.allowed("floodgate:fleet", vcpu_quota=account.vcpu_quota)


@rule
def _the_balancer_suits(balancer: BalancerSettings, environment: str, edge: EdgeSettings | None) -> Iterator[Problem]:
    where, production = "floodgate:balancer", environment == "production"
    yield from balancer.suits(where, production=production, edge=edge is not None)
    if production and not balancer.deletion_protection:
        consequence = "but a mistyped command would take the service away from everybody"
        remedy = "set it to true, or environment to development"
        yield Problem(f"{where}.deletionProtection", "false", consequence, remedy)


@rule
def _the_database_suits(database: DatabaseSettings, environment: str) -> Iterable[Problem]:
    return database.suits("floodgate:database", production=environment == "production")


@rule
def _the_cache_suits(cache: CacheSettings, environment: str) -> Iterable[Problem]:
    return cache.suits("floodgate:cache", production=environment == "production")


@rule
def _somebody_is_told(observability: ObservabilitySettings, environment: str) -> Iterable[Problem]:
    return observability.suits("floodgate:observability", production=environment == "production")


@rule
def _the_database_carries_the_fleet(
    database: DatabaseSettings, fleet: FleetSettings, service: ServiceSettings
) -> Iterable[Problem]:
    return database.carries(
        "floodgate:database", servers=fleet.max_size, connections_per_server=service.connections_per_server
    )


@rule
def _openings_are_inside_the_fleet(openings: Sequence[Opening], fleet: FleetSettings) -> Iterator[Problem]:
    for opening in openings:
        if opening.servers is not None and opening.servers > fleet.max_size:
            limit = f"but floodgate:fleet.maxSize is {fleet.max_size}"
            yield _problem(opening, f"set to hold {opening.servers} servers", limit, "raise maxSize or lower servers")


@rule
def _leads_are_long_enough(
    openings: Sequence[Opening], fleet: FleetSettings, balancer: BalancerSettings
) -> Iterator[Problem]:
    needed = fleet.ready_after_s + balancer.slow_start_s
    for opening in openings:
        lead_s = int(opening.lead.total_seconds())
        if opening.servers is not None and lead_s < needed:
            limit = (
                f"but servers count in full {needed} s after a schedule's minute (its delay, boot, warmup, slow start)"
            )
            value = f"raised {lead_s} s before its doors"
            yield _problem(opening, value, limit, f"set leadMinutes to at least {-(-needed // 60)}")


@rule
def _openings_admit_what_is_meant(openings: Sequence[Opening], service: ServiceSettings) -> Iterator[Problem]:
    if service.journeys_per_s is None:
        return
    each = service.journeys_per_server_per_s
    needed = servers_for(service.journeys_per_s, each, service.headroom_percent)
    for opening in openings:
        if opening.servers is not None and opening.servers < needed:
            limit = (
                f"but {service.journeys_per_s:g} journeys/s at {each:g} for each server "
                f"and {service.headroom_percent:g} % headroom need {needed}"
            )
            value = f"set to hold {opening.servers} servers"
            yield _problem(opening, value, limit, "raise servers or lower floodgate:service.journeysPerS")


@rule
def _servers_shed_before_a_check_gives_up(service: ServiceSettings, balancer: BalancerSettings) -> Iterator[Problem]:
    longest_s, timeout_s = service.shed_after_s, balancer.health_check_timeout_s
    if longest_s is not None and longest_s >= timeout_s:
        limit = (
            f"but floodgate:balancer.healthCheckTimeoutS is {timeout_s}: overloaded servers fail their health check "
            "and are replaced"
        )
        yield Problem("floodgate:service.shedAfterS", f"{longest_s:g}", limit, "lower shedAfterS or raise the timeout")


@rule
def _schedules_need_scaling(openings: Sequence[Opening], scaling: ScalingSettings) -> Iterator[Problem]:
    scheduled = [opening for opening in openings if opening.servers is not None]
    if not scaling.enabled:
        for opening in scheduled:
            value, limit = f"set to hold {opening.servers} servers", "but floodgate:scaling.enabled is false"
            yield _problem(opening, value, limit, "enable scaling or leave out servers")
    if 2 * len(scheduled) > ACTIONS_PER_GROUP:
        limit = f"but a group takes {ACTIONS_PER_GROUP} scheduled actions and each opening is two"
        yield Problem("floodgate:openings", f"{len(scheduled)} openings", limit, "remove those that are far off")


def _problem(opening: Opening, value: str, limit: str, remedy: str) -> Problem:
    return Problem(f"opening '{opening.name}'", value, limit, remedy)
