"""What one worker counts, and what the internal port shows of several; no port is opened."""

import asyncio

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.clock import FixedClock, SystemClock
from app.web import exposition
from app.web.metrics import Metrics
from app.web.reporting import Latencies


def shown(folder, clock=None, path="/metrics"):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path}
    asyncio.run(exposition.create(folder, clock or SystemClock())(scope, None, send))
    text = sent[1]["body"].decode()
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    return sent[0]["status"], samples


def test_each_process_has_series_of_its_own(tmp_path):
    for number in range(2):
        metrics = Metrics()
        metrics.polls = 10 * (number + 1)
        metrics.observe("GET /api/slots", 200, 0.02)
        exposition.leave(tmp_path, f"host/{number}", metrics.registry)
    status, samples = shown(tmp_path)
    assert status == 200
    assert samples["floodgate_polls_total", ("process", "host-0")] == 10
    assert samples["floodgate_polls_total", ("process", "host-1")] == 20
    labels = (("process", "host-1"), ("route", "GET /api/slots"), ("status", "200"))
    assert samples["floodgate_requests_total", *labels] == 1


def test_a_process_that_is_gone_is_told_no_more(tmp_path):
    exposition.leave(tmp_path, "host/0", Metrics().registry)
    later = (tmp_path / "host-0.json").stat().st_mtime + exposition.STALE_S + 1
    assert shown(tmp_path, FixedClock(later))[1] == {}


def test_a_snapshot_that_is_torn_hides_no_other(tmp_path):
    exposition.leave(tmp_path, "host/0", Metrics().registry)
    (tmp_path / "host-1.json").write_text("[[")
    assert ("floodgate_polls_total", ("process", "host-0")) in shown(tmp_path)[1]


def test_the_internal_port_shows_nothing_else(tmp_path):
    assert shown(tmp_path, path="/")[0] == 404


@pytest.mark.parametrize(("wait_s", "verdict"), [(5, "low"), (10, "true"), (20, "true"), (21, "high")])
def test_a_wait_is_judged_by_the_range_that_was_shown(wait_s, verdict):
    metrics = Metrics()
    metrics.waited(wait_s, 10, 20)
    assert getattr(metrics.waits, verdict) == 1


def test_refusals_are_counted_by_reason_for_metrics_and_for_the_report():
    metrics = Metrics()
    metrics.refuse("slot-gone")
    metrics.refuse("slot-gone")
    assert metrics.refused == {"slot-gone": 2}


def test_the_95th_percentile_is_of_the_last_seconds_only():
    latencies = Latencies()
    for _ in range(100):
        latencies.add(1.0, 9.0)
    for milliseconds in range(1, 101):
        latencies.add(100.0, milliseconds / 1000)
    assert latencies.p95_s(101.0) == pytest.approx(0.095)
    assert latencies.p95_s(200.0) == 0
