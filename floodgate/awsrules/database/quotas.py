"""How much of everything an account may have of databases before AWS is asked for more.

Sources: "Quotas and constraints for Amazon RDS",
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html; "Quotas and limitations for RDS Proxy",
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html.
"""

from __future__ import annotations

from collections.abc import Mapping

QUOTAS: dict[str, int] = {
    "DB instances per Region": 40,
    "read replicas per primary": 15,
    "Aurora replicas per cluster": 15,
    "proxies per account": 20,
}


def exceeded(counts: Mapping[str, int], raised: Mapping[str, int] | None = None) -> dict[str, tuple[int, int]]:
    """What exceeds its quota: the count and the quota, by name; `raised` are those that the account has beyond AWS's.

    Raises:
        KeyError: a name that no quota has.
    """
    quotas = QUOTAS | dict(raised or {})
    return {name: (count, quotas[name]) for name, count in counts.items() if count > quotas[name]}
