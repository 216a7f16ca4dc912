"""Stacks in the state folder; that Pulumi takes them is tried with its engine in tests/infra/server."""

import base64
import gzip
import hashlib
import json

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from floodgate.offline.server import stacks
from floodgate.offline.server.place import Place
from floodgate.offline.server.settings import read_settings


@pytest.fixture
def place(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.prod.yaml").write_text("config:\n  aws:region: eu-west-3\n")
    found = Place(tmp_path)
    found.prepare()
    return found


def make(place, passphrase=None):
    stacks.make_missing(place, read_settings(place), passphrase)
    return place.state / ".pulumi" / "stacks" / "shop"


def salt_of(file):
    return json.loads(file.read_text())["checkpoint"]["latest"]["secrets_providers"]["state"]["salt"]


def opened(salt, passphrase):
    """What a passphrase finds in a salt, in the words of sdk/go/common/resource/config/crypt.go."""
    _, salt, _, nonce, sealed = (part if part == "v1" else base64.b64decode(part) for part in salt.split(":"))
    key = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, 1_000_000)
    return AESGCM(key).decrypt(nonce, sealed, None)


@pytest.mark.parametrize("passphrase", [None, "my own"])
def test_the_salt_of_a_stack_is_proven_by_its_passphrase(place, passphrase):
    assert opened(salt_of(make(place, passphrase) / "prod.json"), passphrase or "offline") == b"pulumi"


def test_a_stack_is_named_as_the_state_folder_names_it(place):
    state = json.loads((make(place) / "prod.json").read_text())

    assert state["checkpoint"]["stack"] == "organization/shop/prod"
    assert (place.state / ".pulumi" / "meta.yaml").read_text() == "version: 1\n"


def test_a_stack_with_a_salt_of_its_own_gets_none_of_ours(place):
    (place.project / "Pulumi.prod.yaml").write_text("encryptionsalt: v1:mine\n")

    assert json.loads((make(place) / "prod.json").read_text())["checkpoint"]["latest"] is None


def test_a_stack_that_exists_is_left_alone(place):
    folder = make(place)
    (folder / "prod.json").write_text("{}")
    (folder / "dev.json.gz").write_bytes(gzip.compress(b"{}"))
    (place.project / "Pulumi.dev.yaml").write_text("")
    make(place)

    assert (folder / "prod.json").read_text() == "{}"
    assert not (folder / "dev.json").exists()


def test_the_only_stack_is_chosen_and_a_choice_is_kept(place):
    make(place)
    digest = hashlib.sha1(str(place.project / "Pulumi.yaml").encode()).hexdigest()
    file = place.home / "workspaces" / f"shop-{digest}-workspace.json"
    assert json.loads(file.read_text()) == {"stack": "prod"}

    file.write_text('{"stack": "dev"}')
    make(place)
    assert json.loads(file.read_text()) == {"stack": "dev"}


def test_of_several_stacks_none_is_chosen(place):
    (place.project / "Pulumi.dev.yaml").write_text("")
    make(place)

    assert not (place.home / "workspaces").exists()


def test_nothing_is_written_where_there_is_no_project(tmp_path):
    place = Place(tmp_path)
    place.prepare()
    stacks.make_missing(place, read_settings(place), None)

    assert list(place.state.iterdir()) == []


def test_resources_are_counted_in_plain_and_packed_states(place):
    folder = make(place)
    state = {"version": 3, "checkpoint": {"latest": {"resources": [{}, {}]}}}
    (folder / "dev.json.gz").write_bytes(gzip.compress(json.dumps(state).encode()))
    (folder / "torn.json").write_text('{"version"')

    assert stacks.resources(place) == {"shop/dev": 2, "shop/prod": 0}
