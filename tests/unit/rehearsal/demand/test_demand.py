"""People out of logs and tables. The log lines are of the form that AWS documents; no real log was at hand."""

import gzip
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodgate.rehearsal.crowd.arrivals import arrivals_per_second
from floodgate.rehearsal.demand.demand import Demand
from floodgate.rehearsal.demand.reading import read_demand
from floodgate.rehearsal.errors import DemandError
from floodgate.rehearsal.scenarios.loading import load_scenario
from floodgate.rehearsal.timeline import lay

DOORS = "2027-08-09T11:00:00Z"
PHONE = 'Mozilla/5.0 (Linux; Android 14) \\"odd\\" Mobile'


def line(asked, client="203.0.113.7:52100", agent=PHONE, answered="2027-08-09T11:20:00.000000Z"):
    """One line as the documentation's example has its fields, asked at this instant and answered much later."""
    return (
        f"h2 {answered} app/floodgate/50dc6c495c0c9188 {client} 10.0.1.252:8080 0.001 0.002 0.000 200 200 34 366 "
        f'"GET https://example.org:443/wait/ HTTP/2.0" "{agent}" TLS_AES_128_GCM_SHA256 TLSv1.3 '
        "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/web/73e2d6bc24d8a067 "
        f'"Root=1-58337281-1d84f3d73c47ec4e58577259" "example.org" "arn:aws:acm:x:certificate/y" 1 {asked} '
        '"forward" "-" "-" "10.0.1.252:8080" "200" "-" "-"\n'
    )


def demand_of(path, doors=DOORS):
    found = read_demand(path, doors)
    return found.first_s, found.people


def test_a_client_counts_once_at_its_first_request_whatever_the_order_of_the_log(tmp_path):
    log = tmp_path / "a.log"
    log.write_text(
        line("2027-08-09T11:00:05.500000Z")
        + line("2027-08-09T10:59:59.900000Z")
        + line("2027-08-09T11:00:00.100000Z", client="2001:db8::7:40000")
        + line("2027-08-09T11:00:02.000000Z", agent="curl/8")
    )

    assert demand_of(log) == (-1, (1, 1, 0, 1))


def test_plain_and_packed_logs_of_a_folder_are_read_together(tmp_path):
    (tmp_path / "2027" / "08").mkdir(parents=True)
    (tmp_path / "2027" / "08" / "one.log").write_text(line("2027-08-09T11:00:00.000000Z"))
    packed = gzip.compress(line("2027-08-09T11:00:01.000000Z", client="203.0.113.8:1").encode())
    (tmp_path / "two.log.gz").write_bytes(packed)

    assert demand_of(tmp_path) == (0, (1, 1))


def test_a_line_of_something_else_is_told_with_file_and_number(tmp_path):
    log = tmp_path / "a.log"
    log.write_text(line("2027-08-09T11:00:00.000000Z") + "GET / HTTP/1.1\n")

    with pytest.raises(DemandError, match=r"a\.log:2: 'GET / HTTP/1.1' is no line of an ALB access log"):
        read_demand(log, DOORS)


def test_a_broken_archive_is_told(tmp_path):
    log = tmp_path / "a.log.gz"
    log.write_bytes(gzip.compress(line("2027-08-09T11:00:00.000000Z").encode())[:60])

    with pytest.raises(DemandError, match=r"cannot be read"):
        read_demand(log, DOORS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("second,people\n-2,3\n0,5\n0,1\n", (-2, (3, 0, 6))),
        ("time,people\n2027-08-09T11:00:01Z,4\n2027-08-09T20:00:00+09:00,2\n", (0, (2, 4))),
        ("\ufeffsecond, people\r\n0, 1\r\n\r\n", (0, (1,))),
    ],
)
def test_a_table_counts_from_the_doors(tmp_path, text, expected):
    table = tmp_path / "people.csv"
    table.write_text(text, encoding="utf-8")

    assert demand_of(table) == expected


@pytest.mark.parametrize(
    ("text", "doors", "problem"),
    [
        ("", DOORS, "is empty: it needs the header time,people or second,people"),
        ("minute,people\n0,1\n", DOORS, ":1: header 'minute,people': it must be"),
        ("time,people\n2027-08-09T11:00:01Z,4\n", None, "give --demand-doors TIME"),
        ("time,people\n2027-08-09T11:00:01,4\n", DOORS, ":2: time is '2027-08-09T11:00:01': it must be ISO 8601"),
        ("second,people\n0,1\n1,-1\n", None, ":3: people is '-1': it must be whole and at least 0"),
        ("second,people\n0.5,1\n", None, ":2: second is '0.5': it must be whole"),
        ("second,people\n0,1,2\n", None, ":2: 3 cells: a row has two"),
        ("second,people\n0,0\n", None, "nobody came within a day of the doors"),
        ("second,people\n999999,5\n", None, "nobody came within a day of the doors"),
        ("second,people\n", None, "nobody came at all"),
    ],
)
def test_a_table_that_cannot_be_says_why(tmp_path, text, doors, problem):
    table = tmp_path / "people.csv"
    table.write_text(text)

    with pytest.raises(DemandError) as refused:
        read_demand(table, doors)
    assert problem in str(refused.value)


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(DemandError, match="cannot be read"):
        read_demand(tmp_path / "none.csv", None)
    with pytest.raises(DemandError, match="holds no file"):
        read_demand(tmp_path, DOORS)


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_there_is_one_clear_error_or_a_demand(tmp_path_factory, noise):
    folder = tmp_path_factory.mktemp("noise")
    for name in ("a.csv", "a.log"):
        (folder / name).write_bytes(noise)
        try:
            assert read_demand(folder / name, DOORS).total > 0
        except DemandError as error:
            assert "\n" not in str(error)  # noqa: PT017  either may happen


def test_recorded_people_come_exactly_when_they_came():
    night = load_scenario("kdca-august-2021")
    timeline = lay(night, datetime(2027, 8, 9, 11, tzinfo=UTC))
    real = night.driven_by(Demand(-80 * 60, (7, *[0] * (80 * 60 - 1), 5, 2, *[0] * 20_000, 9), "a.csv"))
    came = arrivals_per_second(real, timeline, np.random.default_rng(1))

    assert real.people == 23
    assert came[0] == 7, "those who came before the first second are there when it begins"
    assert (came[timeline.doors_s], came[timeline.doors_s + 1]) == (5, 2)
    assert came.sum() == 14, "who came after the last second is not played"
