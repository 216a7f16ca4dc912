"""The API keeps what /openapi.json says: schemathesis makes requests out of it, good and bad, and judges the answers.

It tries what the description can say: types, bounds, statuses, headers, methods, missing papers. Whether a refusal is
right for the state of things is tried by the journey.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from app.web.routes import TABLE
from tests.service.person import Person
from tests.service.serving import OPERATOR, PASSWORD

EXAMPLES = 15
SLOW = "/operator/api/session"  # a password is looked at for a quarter of a second
# rules that no schema can say (days of the calendar, known providers, exactly one way to choose) refuse good bodies
# too; who may come in is tried in `test_going_around`, with papers that are not mixed with those that are made up here
NOT_JUDGED = [positive_data_acceptance, ignored_auth]


@pytest.fixture(scope="module")
def papers(shared):
    """Everything that any route needs, of somebody who is in."""
    person = Person(shared)
    number = person.join().json["number"]
    shared.call(number + 1)
    ticket = person.cookies["fg_ticket"]
    person.enter()
    person.prove(phone="010-4444-5555")
    visit = person.cookies["fg_pass"]
    person.post("/operator/api/session", {"name": OPERATOR, "password": PASSWORD})
    return {
        "Floodgate-Ticket": ticket,
        "Floodgate-Pass": visit,
        "Cookie": f"fg_operator={person.cookies['fg_operator']}",
    }


@pytest.fixture(scope="module")
def described(shared):
    return schemathesis.openapi.from_url(f"{shared.url}/openapi.json")


def judge(operation, mode, headers=None):
    """Send cases of one operation; schemathesis raises where an answer is not as described."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=2 if operation.path == SLOW else EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(case):
        case.call_and_validate(headers=headers, excluded_checks=NOT_JUDGED)

    send()


def name(route):
    return f"{route.method} {route.path}"


# nothing can be wrong where nothing is sent
SENDING = [route for route in TABLE if route.body or route.query or route.idempotent or "{" in route.path]


@pytest.mark.parametrize("route", TABLE, ids=name)
def test_what_is_right_is_answered_as_described(described, papers, route):
    judge(described[route.path][route.method], GenerationMode.POSITIVE, papers)


@pytest.mark.parametrize("route", SENDING, ids=name)
def test_what_is_wrong_is_refused_as_described(described, papers, route):
    judge(described[route.path][route.method], GenerationMode.NEGATIVE, papers)


@pytest.mark.parametrize("route", TABLE, ids=name)
def test_without_papers_every_answer_is_as_described_too(described, route):
    judge(described[route.path][route.method], GenerationMode.POSITIVE)


def test_every_route_of_the_table_is_described_and_no_other(described):
    paths = described.raw_schema["paths"]
    operations = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert operations == {(route.method, route.path) for route in TABLE}
