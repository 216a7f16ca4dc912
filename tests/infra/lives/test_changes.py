"""Which properties differ and which of them replace, on types whose facts are known.

Proves the comparison and the reading of the provider's facts, not that the facts hold for every version of it.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodgate.offline.changes import Edit, edits, replacing, same
from floodgate.offline.handlers.base import RESOURCES
from floodgate.offline.schema import arguments
from floodgate.offline.values import UNKNOWN

GROUP = "aws:autoscaling/group:Group"
LISTENER = "aws:lb/listener:Listener"
BUCKET = "aws:s3/bucket:Bucket"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert same(value, value)
    assert edits(GROUP, {"tags": value}, {"tags": value}) == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"maxSize": 1}, {"maxSize": 2}, [(("maxSize",), "update", False)]),
        ({}, {"maxSize": 2}, [(("maxSize",), "add", False)]),
        ({"maxSize": 2}, {}, [(("maxSize",), "delete", False)]),
        ({"name": "a"}, {"name": "b"}, [(("name",), "update", True)]),
        (
            {"warmPool": {"minSize": 1}},
            {"warmPool": {"minSize": 2}},
            [(("warmPool", "minSize"), "update", False)],
        ),
        (
            {"tags": [{"key": "a", "value": "1"}]},
            {"tags": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]},
            [(("tags", 1), "add", False)],
        ),
        ({"maxSize": 1}, {"maxSize": UNKNOWN}, [(("maxSize",), "update", False)]),
        ({"name": "a"}, {"name": UNKNOWN}, [(("name",), "update", True)]),
    ],
)
def test_what_differs_is_named_by_its_deepest_path(
    old: dict[str, Any], new: dict[str, Any], expected: list[tuple[Any, str, bool]]
) -> None:
    assert edits(GROUP, old, new) == tuple(Edit(*each) for each in expected)


def test_plain_lists_may_stand_in_any_order_but_where_order_means_something() -> None:
    subnets = {"vpcZoneIdentifiers": ["subnet-1", "subnet-2"]}
    assert edits(GROUP, subnets, {"vpcZoneIdentifiers": ["subnet-2", "subnet-1"]}) == ()
    policies = {"terminationPolicies": ["OldestInstance", "Default"]}
    assert edits(GROUP, policies, {"terminationPolicies": ["Default", "OldestInstance"]}) != ()


def test_json_is_compared_by_its_content() -> None:
    assert edits(BUCKET, {"policy": '{"a": 1, "b": 2}'}, {"policy": '{"b":2,"a":1}'}) == ()
    assert edits(BUCKET, {"policy": '{"a": 1}'}, {"policy": '{"a": 2}'}) != ()
    assert edits(BUCKET, {"policy": "{not json"}, {"policy": "{nor this"}) != ()


def test_a_block_that_comes_whole_replaces_when_something_inside_it_does() -> None:
    ((edit),) = edits("aws:s3/bucket:Bucket", {}, {"objectLockConfiguration": {"objectLockEnabled": "Enabled"}})
    assert edit.replaces


def test_a_second_name_of_a_type_replaces_as_the_first_does() -> None:
    assert replacing("aws:alb/listener:Listener") == replacing(LISTENER) == {("loadBalancerArn",)}


@pytest.mark.parametrize("token", sorted(RESOURCES))
def test_every_rule_of_replacement_names_a_property_of_the_sdk(token: str) -> None:
    known = arguments(token)
    assert known is not None
    for steps in replacing(token):
        assert steps[0] in known.properties
