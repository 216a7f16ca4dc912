"""Every call that deploys a stack, read back from its HTTP request: service, operation, parameters as boto3 had them.

This is what lets AWS's rules hold for raw requests too. Calls that no stack makes are not tried here.
"""

import re
from datetime import UTC, date, datetime

import pytest

from floodgate.offline.deploy import deploy
from floodgate.offline.server.arriving import Arrived, meant
from floodgate.offline.server.endpoint import _Addresses
from floodgate.offline.server.reading import check_complete, read
from floodgate.offline.world import World


@pytest.fixture(scope="module")
def calls(floodgate_project):
    """What was said, and what was sent for it; of the largest stack."""
    said, sent = [], []
    with pytest.MonkeyPatch.context() as patched:
        check, answer = World.check, World.answer

        def note(self, service, model, params, region):
            said.append((service, model.name, region, params))
            return check(self, service, model, params, region)

        def note_too(self, request, operation):
            if hasattr(request.body, "read"):
                request.body = request.body.read()
            # rules look things up between a call's check and its answer
            sent.append((next(call for call in reversed(said) if call[1] == operation.partition(".")[2]), request))
            return answer(self, request, operation)

        patched.setattr(World, "check", note)
        patched.setattr(World, "answer", note_too)
        deployed = deploy(floodgate_project, "opening", now=datetime(2027, 7, 1, tzinfo=UTC))
    return deployed.world, sent


INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def plain(value):
    """Parameters alike, however they are written: times in UTC, bytes as text, empty ones left out."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if plain(item) not in (None, [], {})}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return scalar(value.getvalue() if hasattr(value, "getvalue") else value)


def scalar(value):
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("latin-1")
    if isinstance(value, str) and INSTANT.fullmatch(value):
        value = datetime.fromisoformat(value)
    return value.isoformat() if isinstance(value, datetime | date) else value


def test_hundreds_of_calls_are_tried(calls):
    assert len(calls[1]) > 300


def test_each_call_reads_as_it_was_said(calls):
    world, sent = calls
    addresses = _Addresses(world)
    different = []
    for (service, operation, region, params), request in sent:
        content = request.body.encode() if isinstance(request.body, str) else bytes(request.body or b"")
        host, _, target = request.url.partition("://")[2].partition("/")
        headers = {name: v.decode() if isinstance(v, bytes) else str(v) for name, v in request.headers.items()}
        call = read(meant(Arrived(request.method, f"/{target}", {**headers, "Host": host}, content)), addresses)
        given = plain({k: v for k, v in params.items() if k != "UserData"})
        found = plain(call.params)
        lost = {k: (v, found.get(k)) for k, v in given.items() if found.get(k) != v}
        # services without regions are signed for the first one
        regions = {region, "us-east-1"} if service in ("route53", "iam", "cloudfront", "s3") else {region}
        if (call.api.name, call.operation) != (service, operation) or call.region not in regions or lost:
            different.append((service, operation, call.api.name, call.operation, lost))
        model = world.session.client(service, region_name=region).meta.service_model.operation_model(operation)
        check_complete(model, call.params)

    assert different == []
