"""What is wrong with a resource's arguments, told before anything is made.

Proves the messages of the check itself; that every registration passes through it is proved in
tests/infra/offline_core. Whether AWS agrees with each rule cannot be proved here: the rules were read out of
the real provider.
"""

import json
import tomllib
from pathlib import Path

import pytest

from floodgate.offline import strict

GROUP = {"name": "g", "maxSize": 3, "minSize": 1}
GROUP_TOKEN = "aws:autoscaling/group:Group"
REFUSED = tomllib.loads(Path(__file__).with_name("refused_arguments.toml").read_text(encoding="utf-8"))["refused"]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["case"])
def test_wrong_arguments_are_one_line_of_place_value_rule_and_remedy(case):
    found = strict.check(case["type"], "web", json.loads(case["arguments"]))

    assert [str(problem) for problem in found] == [case["line"]]


VERSIONING = {"bucket": "b", "versioningConfiguration": {"status": "Enabled"}}
TEMPLATE = {"tagSpecifications": [{"resourceType": "volume", "tags": {"a": "b"}}]}
ACCEPTED = {
    "the least": (GROUP_TOKEN, GROUP),
    "a whole number as it travels": (GROUP_TOKEN, GROUP | {"maxSize": 3.0}),
    "a policy as text": ("aws:iam/role:Role", {"assumeRolePolicy": "{}"}),
    "a policy as object": ("aws:iam/role:Role", {"assumeRolePolicy": {"Version": "2012-10-17", "Statement": []}}),
    "a type whose arguments are called otherwise": ("aws:s3/bucketVersioning:BucketVersioning", VERSIONING),
    "a fact whose list was cut off": ("aws:ec2/launchTemplate:LaunchTemplate", TEMPLATE),
}


@pytest.mark.parametrize(("token", "props"), ACCEPTED.values(), ids=ACCEPTED)
def test_right_arguments_pass(token, props):
    assert strict.check(token, "web", props) == []


def test_several_mistakes_are_told_at_once():
    found = strict.check(GROUP_TOKEN, "web", {"minSize": "1", "maxSiz": 3, "warmPool": {"poolStat": "Stopped"}})

    assert {"minSize", "maxSiz", "warmPool.poolStat"} == {problem.path for problem in found}


def test_a_secret_value_is_not_shown():
    found = strict.check("aws:rds/instance:Instance", "db", {"password": 12345678}, secrets=frozenset({"password"}))

    assert "12345678" not in str(found[0])
    assert "(secret)" in str(found[0])


def test_a_message_stays_on_one_line_whatever_the_value_holds():
    found = strict.check("aws:ec2/vpc:Vpc", "web", {"cidrBlok": "a\nb\n" * 100})

    assert "\n" not in str(found[0])
