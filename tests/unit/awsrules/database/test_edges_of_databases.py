"""Single cases at the edges of the rules of databases, where one off would go unnoticed.

Proves those cases; what holds for any input and AWS's own examples are in the files beside this one.
"""

import pytest

from floodgate.awsrules.database import connections, failover, proxy, readers
from floodgate.awsrules.database.readers import Reader


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (lambda: proxy.proxy_connections(999, 95), 949),
        (lambda: proxy.proxy_idle_percent(75), 37),
        (lambda: proxy.advised_percent(333, 1000), 44),
        (lambda: readers.readers_wanted(1, 0, 40), 1),
        (lambda: readers.readers_wanted(3, 0.1, 0.3), 1),
        (lambda: readers.readers_wanted(4, 40, 40), 4),
        (lambda: readers.bounded(9, 0, 8), 8),
    ],
)
def test_counts_are_whole_numbers(actual, expected):
    found = actual()

    assert found == expected
    assert isinstance(found, int)


def test_defaults_are_the_harmless_case():
    assert not proxy.pins(statement_bytes=0)
    assert failover.interruption_s(30) == 30
    assert readers.acts([Reader("x")])


def test_errors_name_what_has_no_rule():
    with pytest.raises(KeyError, match=r"db\.x2g\.large"):
        connections.max_connections("aurora-mysql", "db.x2g.large", 0)
    with pytest.raises(KeyError, match=r"db\.serverless"):
        connections.max_connections("aurora-mysql", "db.serverless", 16_384)
    with pytest.raises(KeyError, match="0"):
        connections.serverless_connections("aurora-mysql", 0, 0.5)
    with pytest.raises(ValueError, match=r"^a single instance has no standby; use Multi-AZ or Aurora readers$"):
        failover.range_s("single", readers=0)
