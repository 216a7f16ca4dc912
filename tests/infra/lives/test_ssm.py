"""The life of a parameter: every change is a new version, and its value is told to those who ask for it only."""

from __future__ import annotations

from typing import Any

import pytest

from floodgate.offline.handlers.base import RESOURCES
from floodgate.offline.problems import Refused
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.stores import KEY, changes, restore, settled

PARAMETER, NAME = "aws:ssm/parameter:Parameter", "/floodgate/tests/one"


def parameter(life: Life, **props: Any) -> Thing:
    return life.make(PARAMETER, name=NAME, **{"type": "String", "value": "a", **props})


def ssm(life: Life) -> Any:
    return life.world.session.client("ssm")


def told(life: Life) -> Any:
    by_name = [{"Key": "Name", "Option": "Equals", "Values": [NAME]}]
    value = ssm(life).get_parameter(Name=NAME, WithDecryption=True)["Parameter"]
    return {**ssm(life).describe_parameters(ParameterFilters=by_name)["Parameters"][0], **value}


def test_every_property_of_a_parameter_changes_in_place_as_a_new_version(life: Life) -> None:
    thing = parameter(life)
    settled(life, thing)
    for new, path, expected in (
        ({"value": "b"}, "[Value, Version]", ["b", 2]),
        ({"description": "of tests"}, "[Value, Description]", ["b", "of tests"]),
        ({"description": None}, "Description", None),
        ({"allowedPattern": "^[a-z]$"}, "AllowedPattern", "^[a-z]$"),
        ({"type": "StringList", "value": "c"}, "Type", "StringList"),
        ({"type": "SecureString", "value": "d", "keyId": KEY}, "[Type, Value, KeyId]", ["SecureString", "d", KEY]),
        ({"tier": "Advanced"}, "Tier", "Advanced"),
        ({"overwrite": True}, "Value", "d"),
        ({"tags": {"of": "ours"}}, "Value", "d"),
        ({"tags": None}, "Value", "d"),
    ):
        changes(life, thing, lambda: told(life), new, path, expected)

    tags = ssm(life).list_tags_for_resource(ResourceType="Parameter", ResourceId=NAME)["TagList"]
    assert tags == [{"Key": "owner", "Value": "tests"}]


def test_tags_alone_make_no_version(life: Life) -> None:
    thing = parameter(life)
    life.change(thing, tags={"of": "ours"})

    assert told(life)["Version"] == 1


@pytest.mark.parametrize(
    "given",
    [{"value": "a"}, {"value": None, "insecureValue": "a"}, {"type": "SecureString", "value": "a"}],
    ids=["plain", "insecure", "secure"],
)
def test_what_somebody_writes_is_found_and_put_right(life: Life, given: dict[str, Any]) -> None:
    declared = {"type": "String", "value": "a", **given}
    thing = life.make(PARAMETER, name=NAME, **{name: value for name, value in declared.items() if value is not None})
    settled(life, thing)
    name = "insecureValue" if "insecureValue" in given else "value"
    ssm(life).put_parameter(Name=NAME, Value="theirs", Overwrite=True, Description="theirs")
    ssm(life).add_tags_to_resource(ResourceType="Parameter", ResourceId=NAME, Tags=[{"Key": "of", "Value": "theirs"}])

    assert life.refresh(thing) == {name, "tags"}, "a description was not declared"
    restore(life, thing, **{name: "a"}, tags=None)
    assert told(life)["Value"] == "a"


def test_a_value_that_is_only_written_is_never_read(life: Life) -> None:
    thing = life.make(PARAMETER, name=NAME, type="SecureString", valueWo="quiet", valueWoVersion=1)
    settled(life, thing)
    life.change(thing, valueWo="quieter", valueWoVersion=2)

    assert told(life)["Value"] == "quieter"
    assert "value" not in {name for name, value in thing.state.items() if value == "quieter"}
    seen = RESOURCES[PARAMETER].observe(life.world.aws(life.provider.region), thing.id, thing.inputs)
    assert "quieter" not in seen.values()


def test_what_was_there_before_is_taken_over_with_its_tags(life: Life) -> None:
    ssm(life).put_parameter(Name=NAME, Value="theirs", Type="String")
    with pytest.raises(Refused, match="ParameterAlreadyExists"):
        parameter(life)

    thing = parameter(life, overwrite=True, tags={"of": "ours"})
    settled(life, thing)
    assert told(life)["Value"] == "a"


def test_nothing_goes_back_to_the_standard_tier_in_place(life: Life) -> None:
    thing = parameter(life, tier="Advanced")
    with pytest.raises(Refused, match="tier cannot go from Advanced to Standard in place"):
        life.change(thing, tier="Standard")


def test_a_deleted_parameter_is_gone(life: Life) -> None:
    thing = parameter(life)
    life.delete(thing)

    assert life.gone(thing)
    life.delete(thing)


def test_a_value_is_in_no_error(life: Life) -> None:
    thing = parameter(life, type="SecureString", value="quiet-value")
    ssm(life).delete_parameter(Name=NAME)
    ssm(life).put_parameter(Name=NAME, Value="theirs", Type="String")
    with pytest.raises(Refused) as there:
        parameter(life, type="SecureString", value="quiet-value")
    with pytest.raises(Refused) as downgraded:
        life.change(thing, value="quiet-value-2", dataType="text", tier="Nonsense")

    assert "quiet-value" not in f"{there.value}{downgraded.value}"
