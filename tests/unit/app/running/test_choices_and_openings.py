"""What a start makes of options, of an opening's file and of what the last run left; no server is started."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.errors import SetupError
from app.running import handing_over, opening_file, sharing, state
from app.running.choices import Choices, plan, settings_of, workers_of
from app.running.state import State
from app.settings import Stores

NOW = datetime(2027, 8, 9, 11, 0, 0, tzinfo=UTC)
STORES = Stores(database_url="postgresql://u:hidden-1@db/f", valkey_url="valkey://:hidden-2@cache")
OPENING = 'name = "night"\n[title]\nko = "밤"\n'


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "night.toml"
    path.write_text(OPENING, encoding="utf-8")
    return path


def choices(folder, **changes):
    return Choices(data=folder, **changes)


def test_the_built_in_opening_reads_and_speaks_both_languages():
    values = opening_file.read(opening_file.DEMO)
    assert set(values["title"]) == {"ko", "en"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "Night"', ["name is 'Night'"]),
        ('name = "night"\nholds = 5', ["holds is unknown"]),
        ('name = "night"\nhold_s = 900\ninside_s = 100', ["hold_s is 900"]),
        ('name = "night"\nzone = "Asia/Soul"', ["Asia/Soul"]),
        ('name = "night"\n[rules]\nbirth_digits = [10]', ["rules.birth_digits.0 is 10"]),
        ('name = "night"\nhold_minutes = 0\nprequeue_minutes = 0', ["prequeue_minutes is 0", "hold_minutes is 0"]),
        ("", ["name is missing"]),
        ('name = "', ["is no TOML"]),
        (f'name = "{"n" * 28}"', ["name has 28 characters"]),
    ],
)
def test_what_is_wrong_in_a_file_is_told_in_one_line_each_with_file_and_key(file, text, said):
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SetupError) as raised:
        opening_file.read(file)
    lines = str(raised.value).splitlines()
    assert len(lines) == len(said)
    for line, words in zip(lines, said, strict=True):
        assert words in line
        assert str(file) in line
        assert "\n" not in line


def test_a_file_that_is_not_there_is_told_in_one_line(tmp_path):
    with pytest.raises(SetupError, match=r"nowhere\.toml cannot be read"):
        opening_file.read(tmp_path / "nowhere.toml")


def test_a_new_opening_has_a_name_of_its_own_and_doors_in_ninety_seconds(tmp_path, file):
    planned = plan(choices(tmp_path, opening=file), State("s"), NOW)
    assert planned.opening.name == "night-0809-110000"
    assert planned.opening.doors_at == NOW + timedelta(seconds=90)
    assert not planned.kept


def test_doors_come_from_the_option_then_from_the_file(tmp_path, file):
    file.write_text(f"doors_at = 2027-08-09T20:30:00+09:00\n{OPENING}", encoding="utf-8")
    by_file = plan(choices(tmp_path, opening=file), State("s"), NOW).opening
    by_option = plan(choices(tmp_path, opening=file, doors_in_s=5), State("s"), NOW).opening
    assert by_file.doors_at == NOW + timedelta(minutes=30)
    assert by_option.doors_at == NOW + timedelta(seconds=5)


def test_doors_that_are_long_past_are_refused(tmp_path, file):
    file.write_text(f"doors_at = 2027-08-01T20:00:00+09:00\n{OPENING}", encoding="utf-8")
    with pytest.raises(SetupError, match=r"the opening is over; .* --doors-in"):
        plan(choices(tmp_path, opening=file), State("s"), NOW)


def test_an_opening_that_is_under_way_keeps_name_and_doors_and_takes_the_rest_anew(tmp_path, file):
    first = plan(choices(tmp_path, opening=file), State("s"), NOW).opening
    file.write_text(f"inside_s = 700\n{OPENING}", encoding="utf-8")
    later = NOW + timedelta(hours=1)
    planned = plan(choices(tmp_path, opening=file, doors_in_s=5), State("s", (first,)), later)
    assert planned.kept
    assert (planned.opening.name, planned.opening.doors_at) == (first.name, first.doors_at)
    assert planned.opening.inside_s == 700


def test_an_opening_that_is_over_is_followed_by_a_new_one(tmp_path, file):
    first = plan(choices(tmp_path, opening=file), State("s"), NOW).opening
    later = first.closes_at + timedelta(seconds=1)
    planned = plan(choices(tmp_path, opening=file), State("s", (first,)), later)
    assert not planned.kept
    assert planned.opening.name != first.name


def test_another_opening_does_not_take_the_place_of_one_that_is_under_way(tmp_path, file):
    first = plan(choices(tmp_path), State("s"), NOW).opening
    with pytest.raises(SetupError, match=r"opening demo-0809-110000 .* use --fresh"):
        plan(choices(tmp_path, opening=file), State("s", (first,)), NOW)


def test_what_is_remembered_is_what_was(tmp_path, file):
    opening = plan(choices(tmp_path, opening=file), State("s"), NOW).opening
    remembered = State("secret", (opening,)).with_opening(opening)
    state.write(tmp_path / "state.json", remembered)
    assert state.read(tmp_path / "state.json") == remembered
    assert (tmp_path / "state.json").stat().st_mode & 0o077 == 0


def test_without_a_memory_the_secret_is_new_each_time(tmp_path):
    secrets = {state.read(tmp_path / "none.json").secret for _ in range(3)}
    assert len(secrets) == 3
    assert min(map(len, secrets)) >= 32


def test_a_memory_that_cannot_be_read_is_told_with_its_remedy(tmp_path):
    (tmp_path / "state.json").write_text("{")
    with pytest.raises(SetupError, match="--fresh"):
        state.read(tmp_path / "state.json")


def test_settings_arrive_as_they_were_sent_secrets_included(tmp_path, file):
    chosen = choices(tmp_path, opening=file)
    remembered = State("s" * 40, (plan(chosen, State("s"), NOW).opening,))
    settings = settings_of(chosen, remembered, STORES, "http://127.0.0.1:1", {"operator": "scrypt$x"})
    descriptor = handing_over.blank()
    handing_over.put(descriptor, settings)
    for _ in range(2):
        taken = handing_over.take(descriptor)
        assert taken == settings
        assert taken.stores.database_url.get_secret_value() == "postgresql://u:hidden-1@db/f"
    assert json.loads(handing_over.content(descriptor))["stores"]["valkey_url"] == "valkey://:hidden-2@cache"


def test_problems_with_options_are_told_at_once_without_secrets(tmp_path, file):
    chosen = choices(tmp_path, opening=file, rate_per_s=-1.0)
    with pytest.raises(SetupError) as raised:
        settings_of(chosen, State("s" * 40), STORES, "http://127.0.0.1:1", {})
    assert str(raised.value).splitlines() == [
        "settings: journeys_per_server_per_s is -1.0, but input should be greater than 0; correct it"
    ]


@pytest.mark.parametrize(("connections", "workers", "share"), [(20, 2, 9), (8, 2, 3), (4, 2, 1), (100, 3, 32)])
def test_connections_are_divided_and_never_more_than_there_are(connections, workers, share):
    assert sharing.of_worker(connections, workers) == share
    assert share * workers + sharing.OF_CONTROLLER <= connections


def test_too_few_connections_for_the_workers_are_refused():
    with pytest.raises(SetupError, match=r"connections is 8, but 7 workers and the controller need 9"):
        sharing.of_worker(8, 7)


def test_there_are_several_workers_without_being_asked(tmp_path):
    assert 2 <= workers_of(choices(tmp_path)) <= 4
    assert workers_of(choices(tmp_path, workers=7)) == 7
