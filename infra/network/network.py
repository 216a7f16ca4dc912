"""The VPC over its zones: public subnets for the balancer, private ones for servers, closed ones for data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.network.address_plan import ServerDemand, plan_addresses
from infra.network.endpoints import Endpoints, EndpointsArgs
from infra.network.flow_logs import FlowLogs, FlowLogsArgs
from infra.network.flows import flows
from infra.network.security_groups import EVERYWHERE, SecurityGroups, SecurityGroupsArgs
from infra.network.settings import NetworkSettings


@dataclass(frozen=True)
class NetworkArgs:
    """What the network must hold.

    Attributes:
        settings: The stack's choices.
        servers: The largest fleet, which the servers' subnets must hold.
        app_port: The port on which servers answer the balancer.
        edge: Whether CloudFront stands before the balancer.
        plain_http: Whether the balancer serves without TLS.
        tags: The stack's tags.
    """

    settings: NetworkSettings
    servers: ServerDemand
    app_port: int
    edge: bool
    plain_http: bool
    tags: Tags


class Network(Component):
    """VPC, subnets, routes, security groups, endpoints and flow logs."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("network", name, args.tags, opts)
        self._args = args
        self._vpc = self._make_vpc()
        self.vpc_id = self._vpc.id
        public, app, data = self._subnets()
        gateways = self._public_ways(public)
        app_tables = self._private_ways(app, gateways)
        self._no_way_out(data)
        self.security_groups = self._security_groups()
        self.public_subnet_ids, self.app_subnet_ids, self.data_subnet_ids = (
            [subnet.id for subnet in tier] for tier in (public, app, data)
        )
        self._endpoints(app_tables)
        self._flow_logs()
        self.register_outputs({"vpc_id": self.vpc_id, "app_subnet_ids": self.app_subnet_ids})

    def _make_vpc(self) -> aws.ec2.Vpc:
        return aws.ec2.Vpc(
            self.pulumi_resource_name,
            cidr_block=str(self._args.settings.vpc_cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self.tags(),
            opts=self.child(),
        )

    def _subnets(self) -> list[list[aws.ec2.Subnet]]:
        settings = self._args.settings
        plan = plan_addresses(settings.vpc_cidr, settings.zones, self._args.servers, len(settings.interface_endpoints))
        zones = self._zones()
        return [
            [self._subnet(f"{tier}-{index + 1}", ranges[index], zones[index]) for index in range(settings.zones)]
            for tier, ranges in (("public", plan.public), ("app", plan.app), ("data", plan.data))
        ]

    def _zones(self) -> Sequence[pulumi.Input[str]]:
        if self._args.settings.zone_names:
            return self._args.settings.zone_names
        names = aws.get_availability_zones_output(
            state="available",
            # Local Zones and Wavelength Zones have neither every class nor a balancer
            filters=[{"name": "zone-type", "values": ["availability-zone"]}],
            opts=pulumi.InvokeOptions(parent=self),
        ).names
        return [names[index] for index in range(self._args.settings.zones)]

    def _subnet(self, suffix: str, range_: IPv4Network, zone: pulumi.Input[str]) -> aws.ec2.Subnet:
        return aws.ec2.Subnet(
            self.named(suffix),
            vpc_id=self.vpc_id,
            cidr_block=str(range_),
            availability_zone=zone,
            # the balancer and the gateways have addresses of their own; nothing else may be public by accident
            map_public_ip_on_launch=False,
            tags=self.tags(suffix),
            opts=self.child(),
        )

    def _public_ways(self, subnets: list[aws.ec2.Subnet]) -> list[aws.ec2.NatGateway]:
        internet = aws.ec2.InternetGateway(
            self.named("internet"), vpc_id=self.vpc_id, tags=self.tags("internet"), opts=self.child()
        )
        table = self._route_table("public", subnets)
        aws.ec2.Route(
            self.named("public-out"),
            route_table_id=table.id,
            destination_cidr_block=EVERYWHERE,
            gateway_id=internet.id,
            opts=self.child(),
        )
        with_gateway = subnets if self._args.settings.nat_gateways == "per-zone" else subnets[:1]
        return [self._nat(index + 1, subnet, internet) for index, subnet in enumerate(with_gateway)]

    def _nat(self, zone: int, subnet: aws.ec2.Subnet, internet: aws.ec2.InternetGateway) -> aws.ec2.NatGateway:
        suffix = f"nat-{zone}"
        address = aws.ec2.Eip(
            self.named(suffix), domain="vpc", tags=self.tags(suffix), opts=self.child(depends_on=[internet])
        )
        return aws.ec2.NatGateway(
            self.named(suffix),
            allocation_id=address.allocation_id,
            subnet_id=subnet.id,
            tags=self.tags(suffix),
            opts=self.child(depends_on=[internet]),
        )

    def _private_ways(
        self, subnets: list[aws.ec2.Subnet], gateways: list[aws.ec2.NatGateway]
    ) -> list[aws.ec2.RouteTable]:
        tables = []
        for index, subnet in enumerate(subnets):
            table = self._route_table(f"app-{index + 1}", [subnet])
            aws.ec2.Route(
                self.named(f"app-{index + 1}-out"),
                route_table_id=table.id,
                destination_cidr_block=EVERYWHERE,
                nat_gateway_id=gateways[index % len(gateways)].id,
                opts=self.child(),
            )
            tables.append(table)
        return tables

    def _no_way_out(self, subnets: list[aws.ec2.Subnet]) -> None:
        # a table of their own, so that a route added to the VPC's main table never reaches the data
        self._route_table("data", subnets)

    def _route_table(self, suffix: str, subnets: list[aws.ec2.Subnet]) -> aws.ec2.RouteTable:
        table = aws.ec2.RouteTable(self.named(suffix), vpc_id=self.vpc_id, tags=self.tags(suffix), opts=self.child())
        for index, subnet in enumerate(subnets):
            aws.ec2.RouteTableAssociation(
                self.named(f"{suffix}-in-{index + 1}"),
                route_table_id=table.id,
                subnet_id=subnet.id,
                opts=self.child(),
            )
        return table

    def _security_groups(self) -> SecurityGroups:
        args = self._args
        paths = flows(app_port=args.app_port, edge=args.edge, plain_http=args.plain_http)
        return SecurityGroups(
            self.named("groups"), SecurityGroupsArgs(self.vpc_id, paths, args.tags), opts=self.child()
        )

    def _endpoints(self, tables: list[aws.ec2.RouteTable]) -> None:
        Endpoints(
            self.named("endpoints"),
            EndpointsArgs(
                vpc_id=self.vpc_id,
                subnet_ids=self.app_subnet_ids,
                route_table_ids=[table.id for table in tables],
                security_group_id=self.security_groups.endpoints_id,
                services=self._args.settings.interface_endpoints,
                tags=self._args.tags,
            ),
            opts=self.child(),
        )

    def _flow_logs(self) -> None:
        settings = self._args.settings
        FlowLogs(
            self.named("flow-logs"),
            FlowLogsArgs(self.vpc_id, settings.flow_log_traffic, settings.flow_log_retention_days, self._args.tags),
            opts=self.child(),
        )
