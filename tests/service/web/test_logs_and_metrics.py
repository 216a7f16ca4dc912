"""What is written down of a whole journey: enough to run the service, nothing about the person."""

import json
import re

import msgspec

from app.admission.values import WorkerReport
from app.web import exposition
from tests.service.person import CONTACT, Person
from tests.service.serving import serving

WHO = {"name": "남궁민수", "born": "1977-03-09", "phone": "010-9182-7364"}
WORD = "my very own word"


def journey(service):
    """A whole journey with refusals and a failure; everything personal that it showed."""
    person = Person(service)
    person.join(keep=WORD)
    person.join(keep="no")
    person.enter()
    service.open_doors(serving=1)
    person.enter()
    person.prove(**{**WHO, "born": "1977-13-45"})
    person.prove(**WHO)
    held = person.hold(region="KR-11").json
    reference = person.confirm(held["hold_id"]).json["reference"]
    person.with_receipt("GET", f"/api/bookings/{reference}")
    person.with_receipt("POST", f"/api/bookings/{reference}/cancel")
    person.change("POST", "/api/wishes", {"region": "KR-11", "contact": CONTACT})
    person.get("/api/slots?region=KR-11&day=2027-08-20", headers={"X-Forwarded-For": "198.51.100.77"})
    person.get("/queue/now-serving.json")
    shown = [*WHO.values(), WHO["phone"].replace("-", ""), WORD, person.device, *CONTACT.values(), reference]
    return [*shown, *person.cookies.values(), person.receipt, held["hold_id"], "198.51.100.77", "127.0.0.1"]


def test_nothing_personal_of_a_whole_journey_is_logged_or_counted(service, capfd):
    personal = journey(service)
    logged, counted = service.logged(), exposition.snapshot(service.parts.metrics.registry).decode()
    out, err = capfd.readouterr()
    assert len(logged.splitlines()) >= 12, "a test of empty logs proves nothing"
    for value in personal:
        assert value not in logged + counted + out + err


def test_every_line_is_json_and_names_the_route_as_in_the_table(service):
    journey(service)
    lines = [json.loads(line) for line in service.logged().splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert {"GET /api/bookings/{reference}", "POST /queue/join"} <= {line["route"] for line in requests}
    assert all(set(line) >= {"level", "timestamp", "process", "status", "ms"} for line in requests)
    assert {line["problem"] for line in requests if line["status"] >= 400} >= {"bad-input", "not-your-turn"}


def test_polls_are_sampled(service):
    person = Person(service)
    for _ in range(20):
        person.get("/queue/now-serving.json")
    assert service.parts.metrics.polls == 20
    assert service.logged().count('"polls"') == 1


def test_a_journey_is_counted_by_route_and_by_what_happened(service):
    journey(service)
    families = {family.name: family for family in service.parts.metrics.registry.collect()}
    counted = [one for one in families["floodgate_events"].samples if one.name.endswith("_total")]
    events = {(one.labels["event"], one.labels["kind"]): one.value for one in counted}
    assert events["join", "new"] == 1
    assert events["booking", "new"] == 1
    checks = {tuple(one.labels.values()): one.value for one in families["floodgate_identity_checks"].samples}
    assert checks["bank", "verified"] == 1
    refusals = {one.labels["reason"] for one in families["floodgate_refusals"].samples if "reason" in one.labels}
    assert {"bad-input", "not-your-turn"} <= refusals
    requests = {one.labels["route"] for one in families["floodgate_requests"].samples if "route" in one.labels}
    assert not any(re.search(r"[0-9]{4}", route) for route in requests), "a value in a label makes series without end"


def test_a_worker_reports_to_the_controller_and_leaves_its_metrics(database, valkey_url, tmp_path):
    with serving(database, valkey_url, snapshots=tmp_path) as service:
        journey(service)
        for found in service.until(lambda: service.run(service.parts.line.reports())):
            reports = [msgspec.json.decode(one, type=WorkerReport) for one in found]
            if reports and reports[0].booked and list(tmp_path.glob("*.json")):
                break
        assert reports[0].latency_p95_s > 0
        assert reports[0].refused["not-your-turn"] == 1
        assert set(reports[0].lights) == {"bank", "post"}
        assert 0 <= reports[0].connections_in_use <= 1
        assert reports[0].cpu > 0


def test_an_operators_word_closes_a_provider_for_this_worker(service):
    closed = [{"name": "bank", "title": {}, "light": "red", "closed": True}]
    service.publish(providers=msgspec.convert(closed, tuple[dict, ...]))
    for lights in service.until(service.parts.identity.lights):
        if lights["bank"] == "red":
            break
