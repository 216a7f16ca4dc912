"""Scenarios as files: the shipped ones are whole and sourced, and a wrong one is told in full before anything runs."""

import math
import re

import pytest

from floodgate.rehearsal.errors import ScenarioError
from floodgate.rehearsal.scenarios.faults import Fault
from floodgate.rehearsal.scenarios.loading import known_scenarios, load_scenario, parse_scenario
from floodgate.rehearsal.scenarios.scenario import Scenario

WHOLE = """
title = "A test"
people = 1000
patience_s = 600
retry_s = 10
give_up_share = 0.1
arrivals = [[-10, 0.0], [0, 0.5], [30, 1.0]]
[[journey]]
name = "enter"
kind = "enter"
"""


def problems_of(text):
    with pytest.raises(ScenarioError) as refused:
        parse_scenario("test", text, "test.toml")
    return refused.value.problems


def test_a_scenario_needs_few_lines_and_the_rest_has_defaults():
    scenario = parse_scenario("test", WHOLE, "test.toml")

    assert (scenario.name, scenario.people, scenario.devices_per_person) == ("test", 1000, 1.0)
    assert scenario.arrivals == ((-10, 0), (0, 0.5), (30, 1))
    assert scenario.horizon_minutes == Scenario.__dataclass_fields__["horizon_minutes"].default


@pytest.mark.parametrize("name", known_scenarios())
def test_every_figure_of_a_shipped_scenario_names_its_source(name):
    scenario = load_scenario(name)

    assert scenario.facts
    for fact in scenario.facts:
        assert fact.source, fact.figure
        if not (fact.derived or fact.assumed):
            assert re.search(r"202[01]|cwn", fact.source), f"{fact.figure}: a report has a date"


def test_the_nights_of_august_are_as_reported():
    august = load_scenario("kdca-august-2021")

    assert august.people == 1_900_000
    assert {step.kind: step.repeats for step in august.journey}["identity"] == 2.5


def test_the_accesses_of_july_come_out_of_people_and_devices():
    july = load_scenario("kdca-july-2021")

    assert july.people * july.devices_per_person == pytest.approx(10_000_000, rel=0.01)


def test_the_campaign_is_ten_nights_of_the_same_evening():
    night, campaign = load_scenario("kdca-august-2021"), load_scenario("kdca-august-2021-campaign")

    assert (campaign.people, len(campaign.nights)) == (16_210_000, 10)
    assert max(campaign.nights) * campaign.people <= night.people
    assert (campaign.arrivals, campaign.journey) == (night.arrivals, night.journey)


def test_the_first_night_is_the_same_evening_with_the_fault_that_was_reported():
    night, first = load_scenario("kdca-august-2021"), load_scenario("kdca-august-2021-day-one")

    assert (first.people, first.arrivals, first.journey) == (night.people, night.arrivals, night.journey)
    assert [(fault.kind, fault.for_minutes) for fault in first.faults] == [("identity-down", 20)]


def test_codes_and_registrations_of_cowin_agree():
    facts = {fact.figure: fact.value for fact in load_scenario("cowin-april-2021").facts}
    codes = facts["messages with a code within three hours"]

    assert codes / facts["registrations within three hours, about"] == pytest.approx(1.8, rel=0.01)


def test_an_unknown_name_lists_what_there_is_and_guesses_what_was_meant():
    with pytest.raises(ScenarioError, match=r"there are cowin.*, kdca-july-2021; did you mean 'kdca-july-2021'"):
        load_scenario("kdca-jule-2021")


def test_a_file_of_ones_own_is_a_scenario_with_the_name_of_the_file(tmp_path):
    (tmp_path / "concert.toml").write_text(WHOLE)

    assert load_scenario(str(tmp_path / "concert.toml")).name == "concert"


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(ScenarioError, match=r"none\.toml' cannot be read \(No such file or directory\)"):
        load_scenario(str(tmp_path / "none.toml"))


def test_a_file_that_is_no_text_says_so(tmp_path):
    (tmp_path / "photo.toml").write_bytes(b"\xff\xd8\xff")

    with pytest.raises(ScenarioError, match="no UTF-8 text"):
        load_scenario(str(tmp_path / "photo.toml"))


def test_broken_toml_names_file_and_line():
    assert "test.toml is no valid TOML" in problems_of(WHOLE + "people = = 3")[0]
    assert "line 11" in problems_of(WHOLE + "people = = 3")[0]


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        ("people = 1000", "people = -3", "people is -3: it must be whole, at least 1"),
        ("people = 1000", "people = 10.5", "people is 10.5: it must be whole"),
        ("people = 1000", "people = true", "people is True"),
        ("people = 1000", "", "people is missing"),
        ("people = 1000", "peopel = 1000", "key 'peopel' is unknown; did you mean 'people'?"),
        ("give_up_share = 0.1", "give_up_share = 1.5", "it must be a number at least 0 and at most 1"),
        ("patience_s = 600", "patience_s = 0", "it must be a number above 0"),
        ("patience_s = 600", "patience_s = inf", "patience_s is inf"),
        ("retry_s = 10", "retry_s = '10'", "retry_s is '10'"),
        ("[0, 0.5]", "[0, 1.5]", "share 1 follows 1.5: nobody un-comes"),
        ("[0, 0.5]", "[-20, 0.5]", "minute -20 follows -10: minutes must rise"),
        ("[30, 1.0]", "[30, 0.9]", "the shares run from 0 to 0.9"),
        ("[30, 1.0]", "[300, 1.0]", "minute 300 lies after the 240 horizon_minutes"),
        ("[-10, 0.0]", "[-90, 0.0]", "minute -90 lies before the 75 lead_minutes"),
        ("[0, 0.5]", "[0, 'half']", "arrivals is"),
        ("[0, 0.5]", "[0]", "at least two points"),
        ('kind = "enter"', "", "journey 1: kind is missing"),
        ('kind = "enter"', 'kind = "enter"\nthink_s = -1', "journey 1: think_s is -1"),
        ('kind = "enter"', 'kind = "enter"\nthinks = 1', "did you mean 'think_s'?"),
        ("[[journey]]", "[journey]", "journey must be a list of tables"),
        ("[[journey]]", "[[facts]]", "journey has no step"),
    ],
)
def test_each_rule_is_told_with_value_and_remedy(was, becomes, problem):
    told = problems_of(WHOLE.replace(was, becomes))

    assert any(problem in line for line in told), told
    assert all(line.startswith("test.toml: ") and ";" in line and "\n" not in line for line in told)


FAULT = '[[faults]]\nkind = "bots"\nat_minutes = -30\nfor_minutes = 20\namount = 3\n'


def test_a_fault_is_read_with_what_its_kind_takes():
    (fault,) = parse_scenario("mine", WHOLE + FAULT, "mine.toml").faults

    assert fault == Fault("bots", -30.0, 20.0, 3.0)


def test_a_fault_may_name_what_it_befalls():
    text = WHOLE + '[[faults]]\nkind = "zone-lost"\nat_minutes = 5\nname = "ap-northeast-2b"\n'

    assert parse_scenario("mine", text, "mine.toml").faults == (Fault("zone-lost", 5.0, name="ap-northeast-2b"),)


def test_a_fault_without_amount_and_end_has_the_usual_one_and_none():
    text = WHOLE + '[[faults]]\nkind = "identity-down"\nat_minutes = 0\n'

    assert parse_scenario("mine", text, "mine.toml").faults == (Fault("identity-down", 0.0, math.inf, 1.0),)


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        ('"bots"', '"slow"', "kind is 'slow': it must be one of zone-lost, "),
        ('"bots"', "7", "kind is 7: it must be one of"),
        ("amount = 3", "amount = 0.5", "amount is 0.5: it must be at least 1; change it"),
        ("amount = 3\n", "", "amount is missing: it says requests a second; add it"),
        ("at_minutes = -30", "at_minutes = -300", "at_minutes is -300: it must be at least -"),
        ("for_minutes = 20", "for_minutes = 0", "for_minutes is 0: it must be above 0"),
        ("amount = 3", "amount = 3\nhow = 1", "key 'how' is unknown; known keys: kind"),
        ('"bots"', '"database-failover"', "amount is 3: a fault of kind database-failover takes none; leave it out"),
        ("amount = 3", 'amount = 3\nname = "a"', "name is 'a': a fault of kind bots takes none; leave it out"),
        ('"bots"', '"instances-fail"', "for_minutes is 20: a fault of kind instances-fail takes none; leave it out"),
        ('"bots"', '"zone-lost"\nname = 7', "name is 7: it must be a text; name a zone or an instance type"),
    ],
)
def test_a_fault_that_cannot_be_says_what_it_must_be(was, becomes, problem):
    with pytest.raises(ScenarioError) as refused:
        parse_scenario("mine", WHOLE + FAULT.replace(was, becomes), "mine.toml")

    assert any(told.startswith("mine.toml: faults 1: ") and problem in told for told in refused.value.problems)


@pytest.mark.parametrize("nights", ["[]", "[0.5, 0.4]", "[1.2, -0.2]", '"ten"', "10"])
def test_nights_that_are_not_everybody_are_refused(nights):
    with pytest.raises(ScenarioError, match=r"nights .*: it must be a list of shares"):
        parse_scenario("mine", f"nights = {nights}\n{WHOLE}", "mine.toml")


def test_all_problems_are_told_at_once():
    text = WHOLE.replace("people = 1000", "people = 0").replace("retry_s = 10", "retry_s = 0")

    assert len(problems_of(text)) == 2
