"""The environment of an offline command, made of any environment; that programs heed it is tried in tests/infra."""

from pathlib import Path

import pytest

from floodgate.offline.server.place import Place
from floodgate.offline.server.surroundings import Surroundings

PLACE = Place(Path("/srv/shop"))
OWN = "/srv/shop/.floodgate/offline"
SURROUNDINGS = Surroundings(PLACE, 4566, "eu-west-3", (Path("/srv/shop/.venv/bin"), Path("/cache/engine")))


def over(**outer):
    return SURROUNDINGS.over({"PATH": "/usr/bin", "HOME": "/home/me", **outer})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("AWS_REGION", "eu-west-3"),
        ("AWS_DEFAULT_REGION", "eu-west-3"),
        ("AWS_CONFIG_FILE", f"{OWN}/empty"),
        ("AWS_SHARED_CREDENTIALS_FILE", f"{OWN}/empty"),
        ("BOTO_CONFIG", f"{OWN}/empty"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("PULUMI_BACKEND_URL", f"file://{OWN}/pulumi"),
        ("PULUMI_HOME", f"{OWN}/home"),
        ("PULUMI_SKIP_UPDATE_CHECK", "true"),
        ("PULUMI_CONFIG_PASSPHRASE", "offline"),
        ("HTTPS_PROXY", "http://127.0.0.1:4566"),
        ("https_proxy", "http://127.0.0.1:4566"),
        ("HTTP_PROXY", "http://127.0.0.1:4566"),
        ("http_proxy", "http://127.0.0.1:4566"),
        ("ALL_PROXY", "http://127.0.0.1:4566"),
        ("NO_PROXY", "127.0.0.1,localhost,::1"),
        ("no_proxy", "127.0.0.1,localhost,::1"),
        ("NODE_USE_ENV_PROXY", "1"),
        ("PATH", f"{OWN}/bin:/srv/shop/.venv/bin:/cache/engine:/usr/bin"),
        ("HOME", "/home/me"),
    ],
)
def test_a_command_is_given(name, value):
    assert over()[name] == value


@pytest.mark.parametrize(
    "name",
    [
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_ENDPOINT_URL_S3",
        "AWS_ENDPOINT_URL_AUTO_SCALING",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_USE_FIPS_ENDPOINT",
        "AWS_USE_DUALSTACK_ENDPOINT",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "AWS_CA_BUNDLE",
        "AWS_SOMETHING_OF_NEXT_YEAR",
        "PULUMI_ACCESS_TOKEN",
        "PULUMI_CREDENTIALS_PATH",
        "PULUMI_DEBUG_PROVIDERS",
        "PULUMI_IGNORE_AMBIENT_PLUGINS",
        "Https_Proxy",
        "grpc_proxy",
        "no_grpc_proxy",
    ],
)
def test_what_leads_elsewhere_is_taken_away(name):
    assert name not in over(**{name: "elsewhere"})


@pytest.mark.parametrize(
    "name",
    [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_ENDPOINT_URL",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "BOTO_CONFIG",
        "PULUMI_BACKEND_URL",
        "PULUMI_HOME",
        "HTTPS_PROXY",
        "http_proxy",
        "NO_PROXY",
    ],
)
def test_what_the_user_has_set_does_not_win(name):
    assert over(**{name: "elsewhere"})[name] == over()[name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_PAGER", ""),
        ("AWS_DEFAULT_OUTPUT", "json"),
        ("AWS_REGION", "sa-east-1"),
        ("PULUMI_CONFIG_PASSPHRASE", "mine"),
        ("PULUMI_STACK", "prod"),
        ("PULUMI_PARALLEL", "4"),
        ("LANG", "ko_KR.UTF-8"),
    ],
)
def test_what_only_says_how_is_kept(name, value):
    assert over(**{name: value})[name] == value


def test_the_region_of_the_environment_goes_before_that_of_the_stack_under_both_of_its_names():
    given = over(AWS_DEFAULT_REGION="sa-east-1")

    assert (given["AWS_REGION"], given["AWS_DEFAULT_REGION"]) == ("sa-east-1", "sa-east-1")


def test_no_passphrase_is_invented_beside_the_users_own():
    assert "PULUMI_CONFIG_PASSPHRASE" not in over(PULUMI_CONFIG_PASSPHRASE_FILE="/home/me/secret")

    salted = Surroundings(PLACE, 4566, "eu-west-3", (), salted=True)
    assert "PULUMI_CONFIG_PASSPHRASE" not in salted.over({}), "it would be the wrong one for the stack's own secrets"


def test_the_same_environment_comes_of_an_offline_environment():
    """So that `floodgate offline` inside a shell of `floodgate offline` changes nothing."""
    once = over()
    again = SURROUNDINGS.over({**once, "PATH": "/usr/bin"})

    assert again == once
