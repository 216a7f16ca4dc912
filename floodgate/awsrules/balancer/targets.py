"""What a balancer knows of its targets: their health, their share of requests; each rule has its own module.

Source: "Target groups for your Application Load Balancers",
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html.
"""

from __future__ import annotations

from floodgate.awsrules.balancer.fail_open import receiving
from floodgate.awsrules.balancer.health_checks import HealthCheck
from floodgate.awsrules.balancer.slow_start import slow_start_share
from floodgate.awsrules.balancer.target_metrics import requests_per_target

__all__ = ["HealthCheck", "receiving", "requests_per_target", "slow_start_share"]
