"""Connection limits by class, against the figures AWS prints; a real class may take a few more, never fewer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.database.connections import ConnectionBudget, class_memory_gib, max_connections
from infra.database.settings import DatabaseSettings


@pytest.mark.parametrize(
    ("instance_class", "gib"),
    [
        ("db.r8g.2xlarge", 64),
        ("db.r6g.large", 16),
        ("db.r7g.16xlarge", 512),
        ("db.m7g.large", 8),
        ("db.t4g.micro", 1),
        ("db.t4g.medium", 4),
        ("db.c6gd.xlarge", 8),
    ],
)
def test_a_class_tells_its_memory_by_its_name(instance_class, gib):
    assert class_memory_gib(instance_class) == gib


@pytest.mark.parametrize(
    "instance_class", ["db.z1d.large", "db.serverless", "r8g.large", "db.r8g.micro", "db.t4g.4xlarge"]
)
def test_an_unknown_class_is_refused_with_examples(instance_class):
    with pytest.raises(ValueError, match=r"memory is not known; choose a class such as db\.r8g\.2xlarge"):
        class_memory_gib(instance_class)


def test_sixteen_gib_take_less_than_the_plain_formula_says():
    assert 1_500 < max_connections("db.r6g.large") < 1_802, "1,802 is the formula without what the system keeps"


def test_five_thousand_is_the_most_whatever_the_class():
    assert max_connections("db.r7g.16xlarge") == 5_000


def test_without_a_proxy_each_connection_of_a_server_is_one_of_the_databases():
    budget = ConnectionBudget(limit=1_000)
    assert budget.from_servers == 980
    assert budget.most_servers(20) == 49


def test_a_proxy_carries_several_connections_on_one():
    budget = ConnectionBudget(limit=1_000, proxy_percent=80, clients_per_connection=4)
    assert budget.to_database == 800
    assert budget.from_servers == 3_200


@given(servers=st.integers(1, 2_000), each=st.integers(1, 200))
def test_a_fleet_is_refused_exactly_when_its_connections_exceed_the_budget(servers, each):
    settings = DatabaseSettings(instance_class="db.r8g.large")
    problems = list(settings.carries("floodgate:database", servers=servers, connections_per_server=each))
    assert bool(problems) == (servers * each > settings.budget.from_servers)


def test_the_refusal_names_the_fleet_that_would_fit():
    settings = DatabaseSettings(instance_class="db.t4g.medium", kind="instance", readers=0, proxy=None)
    (problem,) = settings.carries("floodgate:database", servers=90, connections_per_server=20)
    assert str(problem) == (
        "floodgate:database.instanceClass is db.t4g.medium, but 90 servers with 20 connections each hold 1800 and it "
        "takes 409; choose a larger class, or lower connectionsPerServer, or keep the fleet to 20 servers"
    )
