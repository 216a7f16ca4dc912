"""Examples of rules as stacks, as they are after a deployment and as a preview shows them."""

from datetime import UTC, datetime

import pytest

from policy.configuration import of_values
from policy.view import UNKNOWN, Resource, Stack, given

NOW = datetime(2027, 8, 8, 11, tzinfo=UTC)


def token(kind):
    folder, _, name = kind.partition("/")
    return f"aws:{kind}:{name[0].upper()}{name[1:]}" if folder else kind


def urn(kind, name):
    return f"urn:pulumi:test::project::{token(kind)}::{name}"


def _referred(value):
    """The names that a property refers to by ``@name``."""
    if isinstance(value, str):
        return [value[1:]] if value.startswith("@") else []
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [name for part in parts for name in _referred(part)]


def _hidden(value):
    """A property as a preview shows it: what comes from another resource is unknown."""
    if isinstance(value, str):
        return UNKNOWN if value.startswith("@") else value
    if isinstance(value, dict):
        return {key: _hidden(part) for key, part in value.items()}
    return [_hidden(part) for part in value] if isinstance(value, list) else value


def deployed(example):
    """An example whose ids are all known, as after a deployment, where nobody says what a value comes from."""
    return Stack(
        tuple(
            Resource(token(kind), name, urn(kind, name), properties, id=f"@{name}")
            for kind, name, properties in example.resources
        )
    )


def planned(example):
    """The same as the engine tells it in a preview: unknown ids, and computed properties that nobody gave."""
    urns = {name: urn(kind, name) for kind, name, _ in example.resources}
    resources = []
    for kind, name, properties in example.resources:
        references = {key: [urns[n] for n in _referred(value)] for key, value in properties.items()}
        told = {"arn": UNKNOWN, "computed": UNKNOWN, **_hidden(properties)}
        resources.append(Resource(token(kind), name, urns[name], given(told, references), references))
    return Stack(tuple(resources))


@pytest.fixture
def configuration():
    """`configuration(example)`: its configuration a day before its opening."""
    return lambda example, now=NOW: of_values(example.configuration, now)


@pytest.fixture(params=[deployed, planned], ids=["deployed", "preview"])
def stack_of(request):
    """`stack_of(example)`: each test that asks runs on the stack as deployed and as planned."""
    return request.param


@pytest.fixture
def moment():
    """A day before the examples' opening."""
    return NOW
