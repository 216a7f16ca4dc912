"""The user's stack files around a command that changes them as Pulumi does; Pulumi itself is tried in tests/infra."""

import pytest

from floodgate.offline.server.keeping import kept
from floodgate.offline.server.place import Place

ORIGINAL = """\
# the opening
config:
  shop:max: 4   # servers
  shop:open: true
  shop:at: 20:00
  aws:region: eu-west-3
"""
SALTED = """\
encryptionsalt: v1:abc=:v1:def:ghi
config:
  aws:region: eu-west-3
  shop:max: "4"
  shop:open: "true"
  shop:at: "20:00"
"""


@pytest.fixture
def place(tmp_path):
    found = Place(tmp_path)
    found.prepare()
    return found


@pytest.fixture
def file(place):
    found = place.project / "Pulumi.prod.yaml"
    found.write_text(ORIGINAL)
    return found


def test_a_file_to_which_only_a_salt_was_added_is_as_it_was(place, file):
    with kept(place, place.project):
        file.write_text(SALTED)

    assert file.read_text() == ORIGINAL


def test_a_file_that_nobody_touched_is_not_written(place, file):
    before = file.stat()
    with kept(place, place.project):
        pass

    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_real_change_stays_without_the_salt(place, file):
    with kept(place, place.project):
        file.write_text(SALTED.replace('max: "4"', "max: 5"))

    assert file.read_text() == SALTED.partition("\n")[2].replace('max: "4"', "max: 5")


def test_the_salt_stays_where_something_is_encrypted_with_it(place, file):
    secret = SALTED + "  shop:key:\n    secure: v1:xyz\n"
    with kept(place, place.project):
        file.write_text(secret)

    assert file.read_text() == secret


def test_a_salt_of_the_users_own_stays(place, file):
    file.write_text(SALTED)
    with kept(place, place.project):
        file.write_text(SALTED.replace('max: "4"', "max: 5"))

    assert file.read_text().startswith("encryptionsalt: v1:abc")


def test_a_change_of_the_users_own_salt_stays(place, file):
    file.write_text(SALTED)
    with kept(place, place.project):
        file.write_text(SALTED.replace("abc", "new"))

    assert "v1:new" in file.read_text()


def test_a_new_stacks_file_has_no_salt_of_ours(place):
    with kept(place, place.project):
        (place.project / "Pulumi.new.yaml").write_text("encryptionsalt: v1:abc\n")

    assert (place.project / "Pulumi.new.yaml").read_text() == "config: {}\n"


def test_a_file_that_the_command_removed_stays_removed(place, file):
    with kept(place, place.project):
        file.unlink()

    assert not file.exists()


def test_it_is_put_back_when_the_command_fails(place, file):
    def fail():
        with kept(place, place.project):
            file.write_text(SALTED)
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert file.read_text() == ORIGINAL


def test_what_a_killed_command_left_is_put_right_by_the_next(place, file):
    killed = kept(place, place.project)
    killed.__enter__()
    file.write_text(SALTED)

    with kept(place, place.project):
        assert file.read_text() == ORIGINAL
    assert file.read_text() == ORIGINAL


def test_two_commands_at_once_leave_it_as_it_was(place, file):
    first, second = kept(place, place.project), kept(place, place.project)
    first.__enter__()
    file.write_text(SALTED)
    second.__enter__()
    first.__exit__(None, None, None)
    file.write_text(SALTED)
    second.__exit__(None, None, None)

    assert file.read_text() == ORIGINAL


def test_what_the_user_writes_between_two_commands_is_the_original(place, file):
    with kept(place, place.project):
        file.write_text(SALTED)
    file.write_text(f"{ORIGINAL}# a remark\n")
    with kept(place, place.project):
        file.write_text(SALTED)

    assert file.read_text() == f"{ORIGINAL}# a remark\n"
