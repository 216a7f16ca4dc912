"""The shipped parameters and how they are overridden. Whether a value is true is no matter of this file."""

from __future__ import annotations

import math

import pytest

from floodgate.rehearsal.errors import ParameterError
from floodgate.rehearsal.parameters import load_parameters

KINDS = ("enter", "identity", "search", "hold", "confirm", "join", "poll", "page")


def everything():
    parameters = load_parameters()
    for name in list(parameters._parameters):
        parameters[name]
    return parameters.describe()


def test_every_parameter_says_where_it_comes_from_and_what_is_plausible():
    assert len(everything()) > 50
    for parameter in everything():
        assert parameter.source, parameter.name
        assert parameter.unit, parameter.name
        assert parameter.low <= parameter.value <= parameter.high, parameter.name
        if parameter.origin == "documented":
            assert "https://" in parameter.source, f"{parameter.name}: documented where?"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_request_has_its_costs(kind):
    parameters = load_parameters()
    for what in ("cpu_ms", "db_ms", "kib"):
        assert parameters[f"cost.{kind}.{what}"] >= 0


def test_only_parameters_that_were_read_are_described():
    parameters = load_parameters()
    assert parameters.describe() == []

    parameters["client.timeout_s"]

    assert [parameter.name for parameter in parameters.describe()] == ["client.timeout_s"]


def test_what_the_stack_declares_counts_as_declared():
    parameters = load_parameters(declared={"quota.vcpus": 512})

    assert parameters["quota.vcpus"] == 512
    (quota,) = parameters.describe()
    assert quota.origin == "declared"


def test_an_override_wins_over_what_is_declared():
    assert load_parameters({"quota.vcpus": 64}, {"quota.vcpus": 512})["quota.vcpus"] == 64


def test_an_override_outside_the_plausible_range_is_taken_and_noted():
    parameters = load_parameters({"client.timeout_s": 600.0})

    assert parameters["client.timeout_s"] == 600.0
    assert "outside the plausible 5 to 60" in parameters.describe()[0].source


def test_overrides_do_not_last_beyond_their_rehearsal():
    load_parameters({"client.timeout_s": 20.0})

    assert load_parameters()["client.timeout_s"] == 10.0


def test_an_unknown_name_is_answered_with_the_nearest_ones():
    with pytest.raises(ParameterError, match=r"'instance.boot' does not exist; the nearest are instance.boot_s"):
        load_parameters({"instance.boot": 30.0})


def test_reading_an_unknown_name_fails_by_name():
    with pytest.raises(ParameterError, match="does not exist"):
        load_parameters()["cost.dance.cpu_ms"]


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf, True, "ten"])
def test_a_value_that_is_no_number_of_at_least_zero_is_refused(value):
    with pytest.raises(ParameterError, match="must be a finite number of at least 0"):
        load_parameters(declared={"quota.vcpus": value})
    with pytest.raises(ParameterError, match="must be a finite number of at least 0"):
        load_parameters({"quota.vcpus": value})


@pytest.mark.parametrize(("name", "value"), [("launch.burst", 0), ("launch.burst", 2e9), ("alarm.range-extra", 1e6)])
def test_a_value_that_means_nothing_is_refused_with_what_it_may_be(name, value):
    with pytest.raises(ParameterError, match=f"parameter {name} is .*: it is from .* to .*; correct it"):
        load_parameters({name: value})
    assert load_parameters({name: 1})[name] == 1
