"""What a node and a cluster of ElastiCache take.

Sources: "Quotas for ElastiCache",
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/quota-limits.html; "Valkey and Redis OSS parameters",
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html; "Managing clusters in ElastiCache",
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.html.
"""

from __future__ import annotations

MAX_CLIENTS = 65_000
MOST_REPLICAS = 5
DEFAULT_NODES = 90
MOST_NODES = 500


def max_clients(nodes: int = 1) -> int:
    """Client connections that so many nodes take: 65,000 each, which cannot be changed."""
    return MAX_CLIENTS * nodes


def connections_per_node(clients: int, connections_each: int, *, shards: int, cluster_mode: bool) -> int:
    """Connections that each primary holds: a cluster's clients connect to every shard, others to the one there is."""
    return clients * connections_each if cluster_mode else -(-clients * connections_each // max(1, shards))


def nodes(shards: int, replicas: int) -> int:
    """Nodes of a cluster: a primary and its replicas for each shard."""
    return shards * (1 + replicas)


def fits(shards: int, replicas: int, most_nodes: int = DEFAULT_NODES) -> bool:
    """Whether AWS takes a cluster of this shape: 90 nodes by default, 500 on request, five replicas a shard."""
    return shards >= 1 and 0 <= replicas <= MOST_REPLICAS and nodes(shards, replicas) <= most_nodes


def most_shards(replicas: int, most_nodes: int = MOST_NODES) -> int:
    """The most shards with so many replicas each."""
    return most_nodes // (1 + replicas)
