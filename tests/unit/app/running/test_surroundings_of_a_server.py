"""What a fleet's server makes of environment, parameters, secrets and metadata; AWS is moto.

That real AWS refuses by the same codes, and that encryption works, is proved nowhere here.
"""

import json
import uuid
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import pytest
from moto import mock_aws

from app.errors import SetupError
from app.running.group import group_of
from app.running.metadata import ADDRESS_VARIABLE, Metadata
from app.running.surroundings import read
from tests.service.a_fleet import PARAMETER, REGION, STACK, InstanceMetadata, service_parameter

PASSWORD = "p@ss/w:rd%&?#"
KEYS = "k" * 40


class Machine(NamedTuple):
    """Where a server starts."""

    environment: dict
    session: Any


@pytest.fixture(scope="module")
def made():
    """An AWS with the secrets of one stack; making its clients takes longest, so there is one for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        with mock_aws():
            session = boto3.Session(region_name=REGION)
            user = json.dumps({"username": "floodgate", "password": PASSWORD, "engine": "postgres"})
            texts = {"keys": KEYS, "database": user, "cache": "c@che/pass"}
            yield session, {name: keep(session, text) for name, text in texts.items()}


@pytest.fixture
def machine(made):
    """A server of a fleet; nobody answers for its metadata."""
    session, secrets = made
    put(session, service_parameter())
    environment = {
        "AWS_REGION": REGION,
        ADDRESS_VARIABLE: "http://127.0.0.1:9",
        "FLOODGATE_STACK": STACK,
        "FLOODGATE_SERVICE_PARAMETER": PARAMETER,
        "FLOODGATE_SERVICE_SECRET": secrets["keys"],
        "FLOODGATE_PORT": "8000",
        "FLOODGATE_TRUSTED_HOPS": "2",
        "FLOODGATE_DATABASE_HOST": "db.proxy-abc.ap-northeast-2.rds.amazonaws.com",
        "FLOODGATE_DATABASE_PORT": "5432",
        "FLOODGATE_DATABASE_READER_HOST": "db.cluster-ro-abc.ap-northeast-2.rds.amazonaws.com",
        "FLOODGATE_DATABASE_SECRET": secrets["database"],
        "FLOODGATE_CACHE_HOST": "master.cache.example",
        "FLOODGATE_CACHE_SECRET": secrets["cache"],
    }
    return Machine(environment, session)


def keep(session, text):
    """A new secret; its ARN."""
    return session.client("secretsmanager").create_secret(Name=uuid.uuid4().hex, SecretString=text)["ARN"]


def put(session, value, name=PARAMETER, kind="String"):
    text = value if isinstance(value, str) else json.dumps(value)
    session.client("ssm").put_parameter(Name=name, Value=text, Type=kind, Overwrite=True)


def secret_of(value):
    return value.get_secret_value()


def problems(machine):
    with pytest.raises(SetupError) as raised:
        read(machine.environment, machine.session)
    return str(raised.value).splitlines()


def test_a_server_knows_everything_that_the_stack_tells(machine):
    settings = read(machine.environment, machine.session)
    assert (settings.environment, settings.stack, settings.port, settings.host) == (
        "production",
        STACK,
        8000,
        "0.0.0.0",
    )
    assert settings.trusted_hops == 2
    assert settings.secret.get_secret_value() == KEYS
    assert settings.stores.connections == 8
    assert settings.shed_after_s == 2.0
    assert settings.admission.journeys_per_server_per_s == 4.5
    assert [opening.name for opening in settings.openings] == ["night-1"]
    assert settings.openings[0].rules.birth_digits == (1, 6)
    assert [provider.name for provider in settings.providers] == ["mobile"]
    assert settings.aws_region == REGION


def test_passwords_of_any_signs_arrive_whole(machine):
    settings = read(machine.environment, machine.session)
    database = urlsplit(settings.stores.database_url.get_secret_value())
    assert unquote(database.password or "") == PASSWORD
    assert (database.username, database.port, database.path) == ("floodgate", 5432, "/floodgate")
    cache = urlsplit(settings.stores.valkey_url.get_secret_value())
    assert (cache.scheme, cache.hostname, unquote(cache.password or "")) == (
        "valkeys",
        "master.cache.example",
        "c@che/pass",
    )


def test_the_proxy_is_checked_by_public_authorities_and_readers_are_encrypted(machine):
    stores = read(machine.environment, machine.session).stores
    proxy = parse_qs(urlsplit(stores.database_url.get_secret_value()).query)
    readers = parse_qs(urlsplit(secret_of(stores.database_reader_url)).query)
    assert proxy["sslmode"] == ["verify-full"]
    assert proxy["sslrootcert"][0].endswith("cacert.pem")
    assert readers["sslmode"] == ["require"]


def test_readers_are_checked_where_their_authority_is_known(machine):
    machine.environment["FLOODGATE_DATABASE_CA"] = "/etc/pki/rds.pem"
    stores = read(machine.environment, machine.session).stores
    readers = parse_qs(urlsplit(secret_of(stores.database_reader_url)).query)
    assert readers == {"sslmode": ["verify-full"], "sslrootcert": ["/etc/pki/rds.pem"]}


def test_readers_that_are_the_writer_are_not_told_twice(machine):
    machine.environment["FLOODGATE_DATABASE_READER_HOST"] = machine.environment["FLOODGATE_DATABASE_HOST"]
    assert read(machine.environment, machine.session).stores.database_reader_url is None


def test_own_servers_stand_in_for_database_and_cache(machine):
    kept = {
        name: value for name, value in machine.environment.items() if "DATABASE" not in name and "CACHE" not in name
    }
    own = {"DATABASE_URL": "postgresql://127.0.0.1/f", "VALKEY_URL": "valkey://127.0.0.1"}
    stores = read({**kept, **own}, machine.session).stores
    assert stores.database_url.get_secret_value() == own["DATABASE_URL"]
    assert stores.valkey_url.get_secret_value() == own["VALKEY_URL"]


def test_every_variable_that_is_missing_is_named_at_once(machine):
    with pytest.raises(SetupError) as raised:
        read({"AWS_REGION": REGION, ADDRESS_VARIABLE: "http://127.0.0.1:9"}, machine.session)
    lines = str(raised.value).splitlines()
    named = {line.split()[0] for line in lines}
    assert len(lines) == len(named)
    assert named >= {
        "FLOODGATE_STACK",
        "FLOODGATE_SERVICE_PARAMETER",
        "FLOODGATE_SERVICE_SECRET",
        "FLOODGATE_PORT",
        "FLOODGATE_TRUSTED_HOPS",
        "FLOODGATE_DATABASE_HOST",
        "FLOODGATE_DATABASE_PORT",
        "FLOODGATE_DATABASE_READER_HOST",
        "FLOODGATE_DATABASE_SECRET",
        "FLOODGATE_CACHE_HOST",
        "FLOODGATE_CACHE_SECRET",
    }


def test_problems_of_every_kind_are_told_at_once(machine):
    put(machine.session, service_parameter(queue=True, poll_interval_s=0, journeys_per_server_per_s=...))
    machine.environment["FLOODGATE_PORT"] = "http"
    machine.environment["FLOODGATE_CACHE_SECRET"] = "nothing-of-that-name"
    lines = problems(machine)
    for words in (
        f"parameter {PARAMETER}: queue is unknown",
        f"parameter {PARAMETER}: poll_interval_s is 0",
        f"parameter {PARAMETER}: journeys_per_server_per_s is missing",
        "FLOODGATE_PORT is 'http'",
        "secret nothing-of-that-name cannot be read (ResourceNotFoundException)",
    ):
        assert [line for line in lines if words in line], f"{words!r} is not in {lines}"
    assert len(lines) == 5


@pytest.mark.parametrize("text", ["", "{", '"text"', "[]", '{"username": "u"}'])
def test_a_secret_that_is_wrong_is_never_shown(machine, text):
    secret = f"{text}hidden" if text == "{" else text
    machine.environment["FLOODGATE_DATABASE_SECRET"] = keep(machine.session, secret or " ")
    lines = problems(machine)
    assert len(lines) == 1
    assert "hidden" not in lines[0]


def test_a_short_secret_is_refused(machine):
    machine.environment["FLOODGATE_SERVICE_SECRET"] = keep(machine.session, "tooshort")
    (line,) = problems(machine)
    assert "8 characters" in line
    assert "tooshort" not in line


def test_operators_stand_beside_the_parameter_and_may_be_missing(machine):
    assert read(machine.environment, machine.session).operators == {}
    put(machine.session, {"minji": "scrypt$1"}, f"/floodgate/{STACK}/operators", "SecureString")
    assert read(machine.environment, machine.session).operators == {"minji": "scrypt$1"}


def test_operators_that_are_named_must_be_there(machine):
    machine.environment["FLOODGATE_OPERATORS_PARAMETER"] = "/elsewhere/operators"
    assert problems(machine) == [
        "parameter /elsewhere/operators cannot be read (ParameterNotFound); make it, or let the server's role read it"
    ]


def test_the_region_comes_from_the_metadata_where_the_environment_has_none(machine):
    del machine.environment["AWS_REGION"]
    with InstanceMetadata({"placement/region": REGION}) as metadata:
        machine.environment[ADDRESS_VARIABLE] = metadata.url
        assert read(machine.environment, machine.session).aws_region == REGION
    machine.environment[ADDRESS_VARIABLE] = "http://127.0.0.1:9"
    (line,) = problems(machine)
    assert line.startswith("AWS_REGION is not set")


def test_metadata_is_asked_with_a_token_and_outside_of_ec2_nobody_answers():
    with InstanceMetadata({"instance-id": "i-1"}) as metadata:
        asked = Metadata({ADDRESS_VARIABLE: metadata.url})
        assert asked.ask("instance-id") == "i-1"
        assert asked.ask("nothing") is None
    assert Metadata({ADDRESS_VARIABLE: "http://127.0.0.1:9"}).ask("instance-id") is None


def test_a_server_finds_its_group_and_lives_without_one(machine):
    groups, ec2 = machine.session.client("autoscaling"), machine.session.client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    groups.create_launch_configuration(LaunchConfigurationName="server", ImageId=image, InstanceType="t3.micro")
    groups.create_auto_scaling_group(
        AutoScalingGroupName="ours",
        LaunchConfigurationName="server",
        MinSize=1,
        MaxSize=1,
        AvailabilityZones=[f"{REGION}a"],
    )
    instance = groups.describe_auto_scaling_instances()["AutoScalingInstances"][0]["InstanceId"]
    assert group_of(machine.session, instance) == "ours"
    assert group_of(machine.session, None) is None
    assert group_of(machine.session, "i-0123456789abcdef0", pause_s=0) is None
