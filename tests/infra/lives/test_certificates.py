"""Certificates live: asked for or brought along, changed, never deleted while they serve.

Proves what the certificate manager is told. It cannot prove that a browser would trust one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from floodgate.offline.problems import Refused
from tests.infra.lives.conftest import NOW
from tests.infra.lives.fronts import issued, room
from tests.infra.lives.lives import Life
from tests.infra.lives.walks import assert_drifts, assert_ends, assert_settled, walk

TOKEN = "aws:acm/certificate:Certificate"
DOMAIN = "tickets.example.org"


@cache
def brought(name: str) -> tuple[str, str]:
    """A certificate and its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime(2027, 1, 1, tzinfo=UTC)
    assert start < NOW < start + timedelta(days=365)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    return made.public_bytes(pem).decode(), key.private_bytes(pem, form, plain).decode()


@pytest.mark.parametrize(
    "props",
    [
        {"validationMethod": "DNS"},
        {"validationMethod": "DNS", "subjectAlternativeNames": [f"*.{DOMAIN}", "other.example.org"]},
        {"validationMethod": "DNS", "subjectAlternativeNames": [DOMAIN, f"*.{DOMAIN}"]},
        {"validationMethod": "DNS", "keyAlgorithm": "EC_prime256v1"},
        {"validationMethod": "EMAIL",
         "validationOptions": [{"domainName": DOMAIN, "validationDomain": "example.org"}]},
        {"validationMethod": "DNS", "options": {"certificateTransparencyLoggingPreference": "DISABLED"}},
    ],
)  # fmt: skip
def test_a_certificate_that_was_asked_for_changes_in_place_and_ends(life: Life, props: dict) -> None:
    thing = life.make(TOKEN, "it", domainName=DOMAIN, **props)
    walk(
        life,
        thing,
        {"tags": {"part": "front"}},
        {"earlyRenewalDuration": "P90D"},
        {"options": {"certificateTransparencyLoggingPreference": "ENABLED"}},
    )
    assert_ends(life, thing)


def test_options_that_are_taken_away_are_as_aws_has_them(life: Life) -> None:
    thing = life.make(
        TOKEN, "it", domainName=DOMAIN, validationMethod="DNS",
        options={"certificateTransparencyLoggingPreference": "DISABLED"},
    )  # fmt: skip
    life.change(thing, options=None)
    told = life.world.session.client("acm").describe_certificate(CertificateArn=thing.id)["Certificate"]
    assert told["Options"]["CertificateTransparencyLoggingPreference"] == "ENABLED"


def test_a_certificate_that_was_brought_along_is_brought_again_in_the_same_place(life: Life) -> None:
    (body, key), (other_body, other_key) = brought(DOMAIN), brought("other.example.org")
    thing = life.make(TOKEN, "it", certificateBody=body, privateKey=key, tags={"part": "front"})
    assert_settled(life, thing, "made")
    life.change(thing, certificateBody=other_body, privateKey=other_key)
    assert_settled(life, thing, "brought again")
    api = life.world.session.client("acm")
    told = api.describe_certificate(CertificateArn=thing.id)["Certificate"]
    assert told["DomainName"] == "other.example.org"
    assert len(api.list_tags_for_certificate(CertificateArn=thing.id)["Tags"]) == 2, "its tags stay"
    given = {"Certificate": body.encode(), "PrivateKey": key.encode(), "CertificateArn": thing.id}
    assert_drifts_body(life, thing, given)
    assert_ends(life, thing)


def assert_drifts_body(life: Life, thing, given: dict) -> None:
    """Another text in its place is seen; the key is told by nobody."""
    life.world.session.client("acm").import_certificate(**given)
    assert life.refresh(thing) == {"certificateBody"}


def test_tags_changed_behind_pulumis_back_are_seen_and_put_right(life: Life) -> None:
    thing = life.make(TOKEN, "it", domainName=DOMAIN, validationMethod="DNS", tags={"part": "front"})
    api, tags = life.world.session.client("acm"), [{"Key": "part", "Value": "back"}]
    assert_drifts(life, thing, lambda: api.add_tags_to_certificate(CertificateArn=thing.id, Tags=tags), "tags")


def test_a_certificate_that_serves_is_not_deleted(life: Life) -> None:
    place, arn = room(life), issued(life)
    found = life.make(TOKEN, "beside", domainName="beside.example.org", validationMethod="DNS")
    listener = place.listener(place.balancer(), protocol="HTTPS", port=443, certificateArn=arn)
    found.id, found.inputs = arn, {**found.inputs, "domainName": DOMAIN}
    with pytest.raises(Refused, match="ResourceInUseException"):
        life.delete(found)
    life.delete(listener)
    assert_ends(life, found)


def test_a_validation_lasts_as_long_as_the_certificate_is_issued(life: Life) -> None:
    arn = issued(life)
    wait = life.make("aws:acm/certificateValidation:CertificateValidation", "wait", certificateArn=arn)
    assert_settled(life, wait, "made")
    life.delete(wait)
    assert not life.gone(wait), "it was only a wait; the certificate is another resource"
    life.world.session.client("acm").delete_certificate(CertificateArn=arn)
    assert life.gone(wait)
