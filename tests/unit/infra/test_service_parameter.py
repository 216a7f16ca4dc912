"""The parameter that servers read: what stands in it, and that the service and the rehearsal both understand it.

That a server starts with it is proved where the service is started.
"""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.opening import Opening as ServedOpening
from app.settings import Provider
from floodgate.rehearsal.reading.service import parse_service
from infra.openings import Opening, OpeningSettings
from infra.problems import Problem
from infra.service.parameter import MOST_STANDARD_BYTES, parameter, tier
from infra.service.settings import ServiceSettings

NIGHT = Opening(
    name="night-1",
    doors=datetime(2027, 8, 9, 11, tzinfo=UTC),
    lead=timedelta(minutes=60),
    hold=timedelta(minutes=240),
    servers=60,
    announced="2027-08-09T20:00 Asia/Seoul",
    zone="Asia/Seoul",
    title={"ko": "백신 예약", "en": "Vaccination"},
    birth_digits=(9,),
)
SETTINGS = ServiceSettings(
    journeys_per_server_per_s=12,
    connections_per_server=20,
    journeys_per_s=700,
    identity_pause_s=300,
    providers=[{"name": "pass", "title": {"en": "Pass"}, "url": "https://identity.example"}],
)


def test_the_service_is_told_exactly_what_its_contract_names():
    told = json.loads(parameter(SETTINGS, []))

    assert told.pop("providers")
    assert told == {
        "waiting_room": True,
        "poll_interval_s": 10,
        "journeys_per_server_per_s": 12,
        "max_inside": None,
        "connections_per_server": 20,
        "shed_after_s": None,
        "openings": [],
    }


def test_the_service_reads_its_openings_and_providers_as_they_are_written():
    told = json.loads(parameter(SETTINGS, [NIGHT]))
    (opening,) = [ServedOpening.model_validate(entry) for entry in told["openings"]]
    (provider,) = [Provider.model_validate(entry) for entry in told["providers"]]

    assert opening.doors_at == NIGHT.doors
    assert opening.closes_at == NIGHT.doors + NIGHT.hold
    assert opening.title == NIGHT.title
    assert opening.rules.birth_digits == (9,)
    assert opening.rules.identity_pause_s == 300
    assert provider.url == "https://identity.example"


def test_the_rehearsal_reads_the_same_parameter_and_takes_what_it_plays():
    assert parse_service("/floodgate/x/service", parameter(SETTINGS, [NIGHT])).journeys_per_server_per_s == 12


def test_ten_nights_fit_the_standard_tier_and_a_longer_text_takes_the_advanced_one():
    assert tier(parameter(SETTINGS, [NIGHT] * 10)) == "Standard"
    assert tier("x" * (MOST_STANDARD_BYTES + 1)) == "Advanced"
    assert tier("예" * MOST_STANDARD_BYTES) == "Advanced", "the limit is in bytes"


def test_a_hold_that_outlives_its_visit_is_refused():
    settings = SETTINGS.model_copy(update={"hold_s": 1000})

    (problem,) = settings.problems("floodgate:service")
    assert isinstance(problem, Problem)
    assert str(problem) == (
        "floodgate:service.holdS is 1000, but a pass is valid for inside_s, 900; lower it or raise insideS"
    )


@pytest.mark.parametrize("digit", [-1, 10])
def test_a_birth_digit_is_one_digit(digit):
    entry = {"name": "n", "at": "2027-08-09T20:00", "zone": "Asia/Seoul", "birthDigits": [digit]}

    with pytest.raises(ValueError, match="birthDigits"):
        OpeningSettings.model_validate(entry)
