"""The door to the servers."""

from infra.balancer.balancer import Balancer, BalancerArgs
from infra.balancer.settings import BalancerSettings

__all__ = ["Balancer", "BalancerArgs", "BalancerSettings"]
