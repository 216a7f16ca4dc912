"""What reaches CloudWatch, on an AWS on this machine (moto)."""

import asyncio
from datetime import UTC, datetime, timedelta

import boto3
import msgspec
import pytest
from moto import mock_aws

from app.admission.cloudwatch import CloudWatch, metrics
from app.admission.troubles import Troubles
from tests.unit.app.admission.snapshots import SNAPSHOT


@pytest.fixture
def session():
    with mock_aws():
        yield boto3.Session("a", "b", region_name="ap-northeast-2")


def published(session, name="PeopleWaiting"):
    now = datetime.now(UTC)
    points = session.client("cloudwatch").get_metric_statistics(
        Namespace="Floodgate",
        MetricName=name,
        Dimensions=[{"Name": "Stack", "Value": "opening"}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=60,
        Statistics=["Maximum", "SampleCount"],
    )["Datapoints"]
    return sum(point["SampleCount"] for point in points), max((point["Maximum"] for point in points), default=None)


def test_the_people_who_wait_are_published_for_the_stack_once_a_minute(session):
    now = [100.0]

    async def play():
        cloudwatch = CloudWatch(session, "opening", lambda: now[0])
        for second in range(61):
            now[0] = 100.0 + second
            cloudwatch.observe(SNAPSHOT)
            assert cloudwatch._publishing is not None
            await cloudwatch._publishing
        return published(session)

    assert asyncio.run(play()) == (2, SNAPSHOT.waiting)
    assert published(session, "PeopleInside")[1] == SNAPSHOT.inside
    assert published(session, "BookedPerMinute")[1] == SNAPSHOT.booked_per_minute
    assert published(session, "CalledPerSecond")[1] == SNAPSHOT.called_per_s


@pytest.mark.parametrize("phase", ["before", "closed"])
def test_nobody_waits_for_an_opening_that_is_over_so_it_keeps_no_servers(phase):
    over = msgspec.structs.replace(SNAPSHOT, phase=phase)
    assert metrics(over, "opening")[0] == {
        "MetricName": "PeopleWaiting",
        "Value": 0.0,
        "Unit": "Count",
        "Dimensions": [{"Name": "Stack", "Value": "opening"}],
    }


def test_a_minute_that_cannot_be_published_is_told_and_left_out(session):
    troubles = Troubles()

    async def play():
        cloudwatch = CloudWatch(session, "", lambda: 0.0, troubles)
        await cloudwatch.publish(SNAPSHOT)

    asyncio.run(play())
    assert troubles.counted == {"cloudwatch": 1}
