"""What each component gets from the settings and from the components it stands on; one function for each."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from infra.balancer import Balancer, BalancerArgs
from infra.cache import Cache, CacheArgs
from infra.database import Database, DatabaseArgs
from infra.edge import Edge, EdgeArgs
from infra.fleet import Fleet, FleetArgs, Stores
from infra.network import Network, NetworkArgs
from infra.observability import Observability, ObservabilityArgs
from infra.rules import server_demand
from infra.scaling import Scaling, ScalingArgs, actions, minimum_to_declare, under_way
from infra.service import Service, ServiceArgs
from infra.settings import StackSettings


def make_network(settings: StackSettings) -> Network:
    """The VPC, large enough for the largest fleet."""
    args = NetworkArgs(
        settings=settings.network,
        servers=server_demand(settings.fleet),
        app_port=settings.application.port,
        edge=settings.edge is not None,
        plain_http=settings.balancer.plain_http,
        tags=settings.all_tags,
    )
    return Network("network", args)


def make_balancer(settings: StackSettings, network: Network) -> Balancer:
    """The door, with capacity reserved for what the largest fleet admits."""
    args = BalancerArgs(
        settings=settings.balancer,
        vpc_id=network.vpc_id,
        subnet_ids=network.public_subnet_ids,
        security_group_id=network.security_groups.balancer_id,
        target_port=settings.application.port,
        journeys_per_s=settings.most_journeys_per_s,
        edge=settings.edge is not None,
        production=settings.production,
        tags=settings.all_tags,
        after=[network],
    )
    return Balancer("balancer", args)


def make_edge(settings: StackSettings, balancer: Balancer) -> Edge | None:
    """The edge before the balancer, where the stack has one."""
    if settings.edge is None:
        return None
    assert balancer.origin_name is not None
    assert balancer.origin_secret is not None
    args = EdgeArgs(
        settings=settings.edge,
        origin_name=balancer.origin_name,
        origin_secret=balancer.origin_secret,
        domain=balancer.domain,
        production=settings.production,
        tags=settings.all_tags,
    )
    return Edge("edge", args)


def make_database(settings: StackSettings, network: Network) -> Database:
    """Where bookings are kept, in the subnets without a way out."""
    args = DatabaseArgs(
        settings=settings.database,
        subnet_ids=network.data_subnet_ids,
        security_group_id=network.security_groups.data_id,
        proxy_security_group_id=network.security_groups.proxy_id,
        production=settings.production,
        tags=settings.all_tags,
    )
    return Database("database", args)


def make_cache(settings: StackSettings, network: Network) -> Cache:
    """Where the line is kept."""
    args = CacheArgs(
        settings=settings.cache,
        subnet_ids=network.data_subnet_ids,
        security_group_id=network.security_groups.cache_id,
        production=settings.production,
        tags=settings.all_tags,
    )
    return Cache("cache", args)


def make_service(settings: StackSettings) -> Service:
    """What the servers are told."""
    args = ServiceArgs(
        settings=settings.service,
        openings=settings.openings,
        stack=settings.stack,
        production=settings.production,
        tags=settings.all_tags,
    )
    return Service("service", args)


def stores(database: Database, cache: Cache) -> Stores:
    """What the servers keep things in."""
    return Stores(
        database_host=database.endpoint,
        database_port=database.port,
        database_reader_host=database.reader_endpoint,
        database_secret_arn=database.secret_arn,
        database_key_arn=database.key_arn,
        database_connect_arn=database.connect_arn,
        cache_host=cache.endpoint,
        cache_secret_arn=cache.auth_secret_arn,
    )


def make_fleet(settings: StackSettings, network: Network, balancer: Balancer, service: Service, where: Stores) -> Fleet:
    """The servers, never fewer than an opening under way holds."""
    args = FleetArgs(
        settings=settings.fleet,
        application=settings.application,
        stack=settings.stack,
        min_size=minimum_to_declare(settings.openings, settings.fleet.min_size, settings.now),
        subnet_ids=network.app_subnet_ids,
        security_group_id=network.security_groups.app_id,
        target_group_arn=balancer.target_group_arn,
        health_path=settings.balancer.health_check_path,
        parameter=service.parameter,
        service_secret_arn=service.secret_arn,
        # the edge and the balancer each add who asked them to what they pass on
        trusted_hops=1 if settings.edge is None else 2,
        stores=where,
        tags=settings.all_tags,
        after=[network],
        under_way=under_way(settings.openings, settings.now),
        force_destroy=not settings.production,
    )
    return Fleet("fleet", args)


def make_scaling(settings: StackSettings, balancer: Balancer, fleet: Fleet) -> Scaling:
    """What changes the number of servers, and when."""
    args = ScalingArgs(
        settings=settings.scaling,
        stack=settings.stack,
        group_name=fleet.group_name,
        balancer_suffix=balancer.arn_suffix,
        target_group_suffix=balancer.target_group_arn_suffix,
        schedule=actions(settings.openings, settings.fleet.min_size, settings.now),
        tags=settings.all_tags,
    )
    return Scaling("scaling", args)


def make_observability(
    settings: StackSettings, balancer: Balancer, edge: Edge | None, fleet: Fleet, database: Database, cache: Cache
) -> Observability:
    """Who is told what about all of them."""
    args = ObservabilityArgs(
        settings=settings.observability,
        load_balancer_arn_suffix=balancer.arn_suffix,
        target_group_arn_suffix=balancer.target_group_arn_suffix,
        group_name=fleet.group_name,
        database_cluster_id=database.cluster_id,
        database_instance_id=database.instance_id,
        database_connections=settings.database.budget.limit,
        cache_id=cache.replication_group_id,
        cache_nodes=settings.cache.nodes,
        distribution_id=edge.distribution_id if edge else None,
        tags=settings.all_tags,
    )
    return Observability("observability", args)


def url_of(settings: StackSettings, balancer: Balancer, edge: Edge | None) -> pulumi.Output[str]:
    """Where people go: the edge's name, else the balancer's own, else the one AWS gave it."""
    host = edge.domain_name if edge else balancer.origin_name or balancer.dns_name
    return pulumi.Output.concat("http://" if settings.balancer.plain_http else "https://", host)


def dashboard_of(observability: Observability) -> pulumi.Output[str]:
    """The dashboard's page in the console."""
    region = aws.get_region_output().region
    console = pulumi.Output.concat("https://", region, ".console.aws.amazon.com/cloudwatch/home?region=", region)
    return pulumi.Output.concat(console, "#dashboards/dashboard/", observability.dashboard_name)
