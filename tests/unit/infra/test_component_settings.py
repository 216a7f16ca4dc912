"""The settings of network, balancer, edge, database, cache and observability: what they refuse and how they say it."""

import pytest
from pydantic import ValidationError

from infra.balancer.settings import BalancerSettings, DomainSettings
from infra.cache.settings import CacheSettings
from infra.database.settings import DatabaseSettings
from infra.descriptions import descriptions
from infra.edge.settings import EdgeSettings
from infra.network.address_plan import ServerDemand
from infra.network.settings import NetworkSettings
from infra.observability.settings import ObservabilitySettings

WHERE = "floodgate:x"
DOMAIN = {"name": "open.example.org"}
MODELS = [BalancerSettings, CacheSettings, DatabaseSettings, EdgeSettings, NetworkSettings, ObservabilitySettings]


def texts(problems):
    return [str(problem) for problem in problems]


@pytest.mark.parametrize("model", MODELS)
def test_every_setting_is_documented(model):
    undocumented = [name for name in model.model_fields if not descriptions(model).get(name)]
    assert not undocumented


@pytest.mark.parametrize("model", MODELS)
def test_an_unknown_setting_is_refused(model):
    with pytest.raises(ValidationError, match="typo"):
        model.model_validate({"typo": 1})


@pytest.mark.parametrize("model", [CacheSettings, DatabaseSettings, EdgeSettings, NetworkSettings])
def test_the_defaults_have_no_problems(model):
    assert not list(model().problems(WHERE))


@pytest.mark.parametrize(
    ("model", "given", "said"),
    [
        (NetworkSettings, {"vpcCidr": "10.0.0.0/15"}, "a VPC is a /16 to a /28; choose a range such as 10.64.0.0/16"),
        (NetworkSettings, {"vpcCidr": "8.8.0.0/16"}, "belong to the public internet; choose a range inside 10.0.0.0/8"),
        (NetworkSettings, {"flowLogRetentionDays": 8}, "Input should be"),
        (BalancerSettings, {"slowStartS": 20}, "AWS takes 0 or 30 to 900 seconds"),
        (
            BalancerSettings,
            {"slowStartS": 30, "algorithm": "least_outstanding_requests"},
            "AWS refuses it together with slow start",
        ),
        (BalancerSettings, {"healthCheckTimeoutS": 10}, "a check must end before the next one"),
        (BalancerSettings, {"reservation": {"lcus": 99}}, "greater than or equal to 100"),
        (BalancerSettings, {"domain": {"name": "Not A Name"}}, "should match pattern"),
        (EdgeSettings, {"certificateArn": "arn:aws:acm:ap-northeast-2:123456789012:certificate/1"}, "match pattern"),
        (EdgeSettings, {"firewall": {"windowS": 90}}, "60, 120, 300 or 600"),
        (DatabaseSettings, {"instanceClass": "db.huge"}, "its memory, which limits connections, is not known"),
        (DatabaseSettings, {"masterUsername": "Admin!"}, "should match pattern"),
        (CacheSettings, {"engineVersion": "7.2"}, "should match pattern"),
        (ObservabilitySettings, {"emails": ["nobody"]}, "should match pattern"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_the_rule(model, given, said):
    with pytest.raises(ValidationError) as refused:
        model.model_validate(given)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({}, 0),
        ({"domain": DOMAIN, "plainHttp": True}, 2),
    ],
)
def test_the_listener_has_exactly_one_source_of_trust(given, count):
    problems = texts(BalancerSettings.model_validate(given).problems(WHERE))
    assert problems == [
        (
            f"{WHERE} is given {count} of domain, certificateArn and plainHttp, but the listener needs exactly one; "
            "set balancer.domain, or balancer.certificateArn, or balancer.plainHttp in development"
        )
    ]


def test_plain_http_is_for_development_and_never_behind_the_edge():
    settings = BalancerSettings(plain_http=True)
    assert not texts(settings.suits(WHERE, production=False, edge=False))
    assert len(texts(settings.suits(WHERE, production=True, edge=False))) == 1
    assert len(texts(settings.suits(WHERE, production=True, edge=True))) == 2


def test_the_edge_needs_a_name_for_a_certificate_you_bring():
    arn = "arn:aws:acm:ap-northeast-2:123456789012:certificate/1"
    (problem,) = BalancerSettings(certificate_arn=arn).suits(WHERE, production=True, edge=True)
    assert problem.remedy == "set balancer.originName"
    named = BalancerSettings(certificate_arn=arn, origin_name="door.example.org")
    assert not list(named.suits(WHERE, production=True, edge=True))


def test_behind_the_edge_the_balancer_leaves_the_name_to_it():
    domain = DomainSettings.model_validate(DOMAIN)
    assert domain.at_balancer(edge=True) == "origin.open.example.org"
    assert domain.at_balancer(edge=False) == "open.example.org"


def test_a_fleet_that_has_no_addresses_is_told_with_the_range_it_needs():
    settings = NetworkSettings.model_validate({"vpcCidr": "10.0.0.0/22"})
    assert texts(settings.fits(WHERE, ServerDemand(90))) == [
        (
            f"{WHERE}.vpcCidr is 10.0.0.0/22, but 99 servers over 3 zones need a /19 or wider; widen the range or "
            "lower the fleet's maximum"
        )
    ]
    assert not list(NetworkSettings().fits(WHERE, ServerDemand(90)))


def test_named_zones_are_as_many_as_are_wanted_and_differ():
    named = NetworkSettings(zone_names=("ap-northeast-2a", "ap-northeast-2c"))
    assert len(texts(named.problems(WHERE))) == 1
    assert not list(named.model_copy(update={"zones": 2}).problems(WHERE))


def test_one_instance_has_neither_readers_nor_proxy():
    assert len(texts(DatabaseSettings(kind="instance").problems(WHERE))) == 1
    assert not texts(DatabaseSettings(kind="instance", readers=0, proxy=None).problems(WHERE))


def test_readers_are_scaled_only_where_there_is_one():
    scaling = {"mostReaders": 3}
    none = DatabaseSettings.model_validate({"readers": 0, "readerScaling": scaling})
    many = DatabaseSettings.model_validate({"readers": 4, "readerScaling": scaling})
    assert "Aurora scales readers only where there is one" in texts(none.problems(WHERE))[0]
    assert "4 readers are declared" in texts(many.problems(WHERE))[0]


def test_production_refuses_what_would_lose_bookings_or_the_line():
    instance = DatabaseSettings(kind="instance", readers=0, proxy=None, deletion_protection=False)
    assert len(texts(instance.suits(WHERE, production=True))) == 2
    assert not texts(instance.suits(WHERE, production=False))
    assert len(texts(CacheSettings(nodes=1).suits(WHERE, production=True))) == 1


def test_production_needs_somebody_to_tell():
    assert "an alarm that tells nobody is none" in texts(ObservabilitySettings().suits(WHERE, production=True))[0]
    assert not texts(ObservabilitySettings(emails=("a@example.org",)).suits(WHERE, production=True))


def test_joins_are_limited_below_all_requests_of_an_address():
    settings = EdgeSettings.model_validate({"firewall": {"joinsPerAddress": 500, "requestsPerAddress": 100}})
    assert len(texts(settings.problems(WHERE))) == 1
