"""Between Pulumi's wire values and plain ones: numbers, secrets, references, assets."""

from datetime import UTC, datetime

import pulumi
from google.protobuf import json_format

from floodgate.offline.values import RESOURCE, SECRET, SIGNATURE, Struct, plain, sendable, wire


def struct(**fields):
    made = Struct()
    made.update(fields)
    return made


def secret(value):
    return {SIGNATURE: SECRET, "value": value}


def test_whole_numbers_are_whole_again_and_halves_stay():
    assert plain(struct(size=3.0, share=0.5, list=[1.0, 2.5])).props == {"size": 3, "share": 0.5, "list": [1, 2.5]}


def test_unset_values_vanish_at_every_depth():
    assert plain(struct(a=None, b={"c": None, "d": 1.0})).props == {"b": {"d": 1}}


def test_secrets_are_taken_out_and_named_wherever_they_hide():
    taken = plain(struct(password=secret("p"), env=[{"name": "A", "value": secret("x")}], open="o"))

    assert taken.props == {"password": "p", "env": [{"name": "A", "value": "x"}], "open": "o"}
    assert taken.secrets == {"password", "env"}


def test_a_reference_to_a_resource_is_its_id():
    assert plain(struct(vpc={SIGNATURE: RESOURCE, "urn": "urn:x", "id": "vpc-1"})).props == {"vpc": "vpc-1"}


def test_an_asset_arrives_as_one():
    sig = "c44067f5952c0a294b673a41bacd8c17"
    taken = plain(struct(source={SIGNATURE: sig, "hash": "", "text": "hello"})).props["source"]

    assert isinstance(taken, pulumi.StringAsset)
    assert taken.text == "hello"


def test_the_state_keeps_the_inputs_as_they_came_and_wraps_what_is_secret():
    inputs = struct(password=secret("p"), name="db")
    state = json_format.MessageToDict(wire(inputs, {"password": "p", "name": "db", "arn": "arn:x"}, {"password"}))

    assert state == {"password": secret("p"), "name": "db", "arn": "arn:x"}


def test_an_answer_becomes_what_json_can_hold():
    at = datetime(2027, 8, 9, 11, tzinfo=UTC)

    assert sendable({"at": at, "set": {"b", "a"}, "none": None, "t": (1, 2)}) == {
        "at": "2027-08-09T11:00:00+00:00",
        "set": ["a", "b"],
        "t": [1, 2],
    }
