"""The configuration as a whole: what is refused, in which words, and that nothing is told one at a time.

It cannot prove that AWS accepts the values: that is what deploying the stacks in `tests/infra` is for.
"""

import copy
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from infra.problems import ConfigurationError
from infra.settings import KEYS, load

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2027, 7, 1, tzinfo=UTC)


def configuration(stack):
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text()
    found = yaml.safe_load(text)["config"]
    return {key.removeprefix("floodgate:"): value for key, value in found.items() if key.startswith("floodgate:")}


@pytest.fixture
def config():
    return copy.deepcopy(configuration("opening"))


def problems(config, stack="opening", now=NOW):
    with pytest.raises(ConfigurationError) as refused:
        load(config, stack, now)
    lines = str(refused.value).splitlines()[1:]
    assert len(lines) == len(refused.value.problems), "each problem is one line"
    return [line.removeprefix("  - ") for line in lines]


def only(config):
    found = problems(config)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(("shed_after_s", "timeout_s", "refused"), [(4, 4, True), (3.9, 4, False), (8, 9, False)])
def test_servers_shed_load_before_their_health_check_gives_up(config, shed_after_s, timeout_s, refused):
    config["service"]["shedAfterS"] = shed_after_s
    config["balancer"]["healthCheckTimeoutS"] = timeout_s
    if not refused:
        assert load(config, "opening", NOW).service.shed_after_s == shed_after_s
        return
    told = only(config)
    assert told.startswith("floodgate:service.shedAfterS is 4, but floodgate:balancer.healthCheckTimeoutS is 4")
    assert told.endswith("lower shedAfterS or raise the timeout")


def test_servers_that_queue_without_end_are_not_asked_for_it(config):
    del config["service"]["shedAfterS"]
    assert load(config, "opening", NOW).service.shed_after_s is None


@pytest.mark.parametrize("stack", ["dev", "opening", "july"])
def test_every_stack_of_the_project_is_valid(stack):
    assert load(configuration(stack), stack, NOW).stack == stack


def test_settings_cannot_be_changed_once_loaded(config):
    settings = load(config, "opening", NOW)

    with pytest.raises(ValidationError):
        settings.fleet.max_size = 1  # ty: ignore[invalid-assignment] - that it is refused is the test
    with pytest.raises(AttributeError):
        settings.environment = "development"  # ty: ignore[invalid-assignment] - the same


def test_every_problem_is_told_at_once(config):
    config["fleet"] |= {"minSize": 100, "instanceType": "c7i.xlarge"}
    config["cache"]["nodes"] = "many"
    config["network"]["vpcCidr"] = "8.8.0.0/16"
    config["openings"][0]["zone"] = "Asia/Soul"
    config["tags"].pop("owner")
    config["sevice"] = {}

    found = problems(config)

    assert len(found) == 7, found
    for part in ("minSize", "architecture", "cache.nodes", "vpcCidr", "night-1", "tags.owner", "sevice"):
        assert any(part in line for line in found), part


def test_each_problem_names_value_rule_and_remedy(config):
    config["fleet"]["maxSize"] = 130
    config["fleet"]["minSize"] = "six"

    for line in problems(config):
        assert re.fullmatch(r".+ is .+, .+; .+", line), line


def test_a_missing_setting_says_what_it_is_for(config):
    config["account"] = {}

    assert only(config) == (
        "floodgate:account.vcpuQuota is missing, but it has no default; "
        "set vcpuQuota (Running On-Demand vCPUs (standard families) that AWS has granted in the Region; "
        "5 in a new account)"
    )


def test_a_misspelt_setting_suggests_the_right_one(config):
    config["fleet"]["maxsize"] = 90

    assert only(config).endswith("but there is no such setting; did you mean maxSize?")


def test_a_misspelt_setting_inside_a_list_suggests_the_right_one(config):
    config["scaling"]["waitingRoom"]["steps"][0]["addServer"] = 3

    assert "did you mean addServers?" in only(config)


def test_a_fleet_beyond_the_quota_is_refused(config):
    config["account"]["vcpuQuota"] = 360

    assert only(config) == (
        "floodgate:fleet.maxSize is 90, but 90 of c7g.xlarge at 110 % during replacements need 396 vCPUs and the "
        "account may run 360; ask AWS to raise the quota and then floodgate:account.vcpuQuota, or lower maxSize"
    )


def test_an_opening_that_holds_more_than_the_maximum_is_refused(config):
    config["openings"][0]["servers"] = 91

    assert "hold 91 servers, but floodgate:fleet.maxSize is 90" in only(config)


def test_an_opening_that_holds_too_few_for_the_admission_is_refused(config):
    config["openings"][0]["servers"] = 58

    assert "but 700 journeys/s at 12 for each server and 0 % headroom need 59" in only(config)


def test_a_lead_shorter_than_the_servers_need_is_refused(config):
    config["openings"][0]["leadMinutes"] = 5

    assert only(config) == (
        "opening 'night-1' is raised 300 s before its doors, but servers count in full 390 s after a schedule's "
        "minute (its delay, boot, warmup, slow start); set leadMinutes to at least 7"
    )


def test_subnets_too_small_for_the_fleet_are_refused(config):
    config["network"]["vpcCidr"] = "10.64.0.0/24"

    assert "servers over 3 zones need a /" in only(config)


def test_connections_beyond_the_database_are_refused(config):
    config["database"] |= {"proxy": None, "instanceClass": "db.r8g.large"}

    assert "90 servers with 20 connections each hold 1800" in only(config)


@pytest.mark.parametrize(
    ("component", "change", "word"),
    [
        ("balancer", {"domain": None, "plainHttp": True}, "plainHttp is true"),
        ("balancer", {"domain": None}, "given 0 of domain, certificateArn and plainHttp"),
        ("balancer", {"deletionProtection": False}, "balancer.deletionProtection is false"),
        ("database", {"deletionProtection": False}, "database.deletionProtection is false"),
        ("observability", {"emails": []}, "emails is empty"),
        ("cache", {"nodes": 1}, "nodes is 1"),
    ],
)
def test_what_development_allows_is_refused_in_production(component, change, word):
    config = copy.deepcopy(configuration("july"))
    config[component] |= change
    assert word in only(config)

    config["environment"] = "development"
    if "domain" in change:
        config["balancer"]["plainHttp"] = True
    assert load(config, "july", NOW).environment == "development", "the rule looks at nothing else"


def test_a_schedule_without_scaling_is_refused(config):
    config["scaling"]["enabled"] = False
    config["openings"] = config["openings"][:1]

    assert "set to hold 60 servers, but floodgate:scaling.enabled is false" in only(config)


def test_more_openings_than_a_group_takes_actions_are_refused(config):
    config["openings"] = [
        {"name": f"day-{month}-{day}", "at": f"2028-{month:02}-{day:02}T20:00"}
        for month in range(1, 4)
        for day in range(1, 25)
    ]

    assert "a group takes 125 scheduled actions" in only(config)


def test_steps_out_of_order_are_refused(config):
    config["scaling"]["waitingRoom"]["steps"].reverse()

    assert all("order the steps by fromPeople" in line for line in problems(config))


def test_an_unknown_environment_is_refused(config):
    config["environment"] = "staging"

    assert only(config).startswith(
        "floodgate:environment is 'staging', but an environment is development or production"
    )


def test_now_is_an_instant_with_an_offset(config):
    config["now"] = "2027-08-08T20:00"

    assert "but an instant is a date, a time and an offset" in only(config)


def test_now_in_the_configuration_goes_before_the_clock(config):
    config["now"] = "2027-08-08T20:00:00+09:00"

    assert load(config, "opening", datetime(2031, 1, 1, tzinfo=UTC)).now == datetime(2027, 8, 8, 11, tzinfo=UTC)


def test_the_same_configuration_is_refused_once_its_openings_are_over(config):
    found = problems(config, now=datetime(2031, 1, 1, tzinfo=UTC))

    assert len(found) == 10
    assert all("which is in the past" in line for line in found)


@pytest.mark.parametrize("edge", [None, {"enabled": False}, {}])
def test_a_stack_without_an_edge_has_none(config, edge):
    config["edge"] = edge

    assert load(config, "opening", NOW).edge is None


@pytest.mark.parametrize(("enabled", "pool"), [("Stopped", 0), ("Running", 20)])
def test_only_a_running_warm_pool_counts_against_the_quota(config, enabled, pool):
    config["fleet"]["warmPool"]["state"] = enabled
    config["account"]["vcpuQuota"] = 396 + 4 * pool
    assert load(config, "opening", NOW)

    config["account"]["vcpuQuota"] -= 1
    assert "account may run" in only(config)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("value", [None, 0, True, 1.5, "x", [], {}, [1], [{}], [None], {"a": 1}, {"": None}])
def test_whatever_stands_under_a_key_is_a_problem_told_or_a_stack(config, key, value):
    config[key] = value

    try:
        assert load(config, "opening", NOW)
    except ConfigurationError as refused:
        assert refused.problems  # noqa: PT017 - either is right, a traceback is not


def test_an_empty_configuration_names_everything_that_has_no_default():
    told = "\n".join(problems({}))

    for key in ("environment", "tags.owner", "account.vcpuQuota", "fleet.maxSize", "application.sha256", "promises"):
        assert f"floodgate:{key}" in told
