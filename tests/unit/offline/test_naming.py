"""Automatic names: their shape, limits and sameness from run to run."""

import re

from floodgate.offline.handlers.base import AutoName
from floodgate.offline.naming import named, rule_for
from floodgate.offline.schema import arguments


def name_of(rule, name, props=None, seed=0, type_="t"):
    return named(rule, name, props or {}, seed=seed, type_=type_)[rule.prop]


def test_an_automatic_name_is_the_pulumi_name_and_seven_hex_digits():
    assert re.fullmatch(r"web-[0-9a-f]{7}", name_of(AutoName(), "web"))


def test_an_automatic_name_keeps_its_digits_within_the_limit():
    name = name_of(AutoName(limit=32), "a-very-long-name-for-a-load-balancer")

    assert len(name) == 32
    assert re.search(r"-[0-9a-f]{7}$", name)


def test_the_parts_that_every_name_of_a_type_has_count_towards_the_limit():
    name = name_of(AutoName(limit=20, prefix="alias/", suffix=".fifo"), "reservations")

    assert re.fullmatch(r"alias/r-[0-9a-f]{7}\.fifo", name)


def test_names_that_must_be_lower_case_are():
    assert name_of(AutoName(lower=True), "Releases").startswith("releases-")


def test_the_same_seed_gives_the_same_name_and_another_seed_another():
    assert name_of(AutoName(), "web") == name_of(AutoName(), "web")
    assert name_of(AutoName(), "web") != name_of(AutoName(), "web", seed=1)


def test_two_types_of_one_pulumi_name_have_two_names():
    assert name_of(AutoName(), "web", type_="a") != name_of(AutoName(), "web", type_="b")


def test_a_name_that_the_program_gave_stays():
    assert name_of(AutoName(), "web", {"name": "mine"}) == "mine"


def test_a_prefix_becomes_a_name_that_starts_with_it():
    assert re.fullmatch(r"web-\d{26}", name_of(AutoName(), "x", {"namePrefix": "web-"}))


def known(token):
    found = arguments(token)
    assert found is not None
    return found


def test_a_type_without_names_gets_none():
    assert named(None, "web", {"a": 1}, seed=0, type_="t") == {"a": 1}


def test_whatever_has_an_optional_name_is_named_even_if_its_handler_does_not_say():
    assert rule_for(None, known("aws:ec2/securityGroup:SecurityGroup")) == AutoName()
    assert rule_for(None, known("aws:ec2/vpc:Vpc")) is None, "a VPC has no name"
    assert rule_for(None, known("aws:route53/record:Record")) is None, "a record's name must be given"
