"""ElastiCache: settings that are checked alike when a replication group is created and when it is changed.

Sources: "CreateReplicationGroup",
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html; "Quotas for
ElastiCache", https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/quota-limits.html.
"""

from __future__ import annotations

import string

from floodgate.awsrules.cache import nodes
from floodgate.awsrules.legality.facts import Params
from floodgate.awsrules.refusal import Refusal

INVALID = "InvalidParameterValue"
COMBINATION = "InvalidParameterCombination"
TOKEN_CHARACTERS = set(string.ascii_letters + string.digits + "!&#$^<>-")
MAX_REPLICAS, MAX_SHARDS = nodes.MOST_REPLICAS, nodes.MOST_NODES


def check_whole_size(shards: int, replicas: int) -> None:
    """Refuse more nodes than a cluster has by default."""
    whole = nodes.nodes(shards, replicas)
    if whole > nodes.DEFAULT_NODES:
        rule = f"the quota is {nodes.DEFAULT_NODES} nodes a cluster"
        value = f"{shards} shards with {replicas} replicas each are {whole} nodes"
        raise Refusal("NodeQuotaForClusterExceeded", value=value, rule=rule, remedy="ask for fewer or for more quota")


def check_token(params: Params) -> None:
    """Refuse a token that is none, or that nothing encrypts."""
    token = params.get("AuthToken")
    if token is None:
        return
    if not params.get("TransitEncryptionEnabled"):
        rule = "AuthToken can be specified only where TransitEncryptionEnabled is true"
        raise Refusal(COMBINATION, value="AuthToken", rule=rule, remedy="enable encryption in transit")
    if not 16 <= len(token) <= 128:
        rule = "it must be 16 to 128 characters"
        raise Refusal(INVALID, value=f"AuthToken has {len(token)} characters", rule=rule, remedy="choose another token")
    wrong = sorted(set(token) - TOKEN_CHARACTERS)
    if wrong:
        rule = "besides letters and digits it may hold ! & # $ ^ < > -"
        raise Refusal(INVALID, value=f"AuthToken holds {' '.join(wrong)}", rule=rule, remedy="choose another token")
    if params.get("UserGroupIds"):
        rule = "users and a token exclude each other"
        raise Refusal(COMBINATION, value="AuthToken with UserGroupIds", rule=rule, remedy="leave one out")
