"""The project's stacks as the rules see them: deployed, and as a preview shows them."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from floodgate.project import find_project, load_stack
from policy.configuration import read
from policy.judging import Judge
from policy.view import UNKNOWN, Resource, Stack, given, texts

PROJECT = find_project(Path(__file__).resolve().parents[3])
# a day before the first opening of each
NOW = {
    "opening": datetime(2027, 8, 8, 11, tzinfo=UTC),
    "dev": datetime(2027, 8, 8, 11, tzinfo=UTC),
    "july": datetime(2027, 7, 18, 11, tzinfo=UTC),
}


def made(deployment):
    """Every resource with the values it has now."""
    return Stack(tuple(Resource(r.type, r.name, r.urn, r.state or r.inputs, {}, r.id) for r in deployment.resources))


def planned(deployment):
    """Every resource with what a first preview knows: the program's own values, and no id that AWS gives."""
    by_urn = {r.urn: r for r in deployment.resources}
    return Stack(tuple(_planned(r, [by_urn[urn] for urn in r.dependencies if urn in by_urn]) for r in by_urn.values()))


def _planned(resource, sources):
    references = {
        name: [source.urn for source in sources if _comes_from(value, source)]
        for name, value in resource.inputs.items()
    }
    hidden = {name: _hidden(value, sources) for name, value in resource.inputs.items()}
    computed = dict.fromkeys((name for name in resource.state if name not in resource.inputs), UNKNOWN)
    return Resource(resource.type, resource.name, resource.urn, given({**computed, **hidden}, references), references)


def _generated(source):
    """What only AWS can say of a resource: its id, and every text of its state that the program did not give."""
    own = set(texts(source.inputs))
    told = {source.id, *texts({name: value for name, value in source.state.items() if name not in source.inputs})}
    return {text for text in told if len(text) > 8 and text not in own and text != source.region}


def _comes_from(value, source):
    return any(part in text for text in texts(value) for part in _generated(source))


def _hidden(value, sources):
    if isinstance(value, str):
        return UNKNOWN if any(_comes_from(value, source) for source in sources) else value
    if isinstance(value, dict):
        return {name: _hidden(part, sources) for name, part in value.items()}
    return [_hidden(part, sources) for part in value] if isinstance(value, (list, tuple)) else value


@pytest.fixture(scope="session")
def deployments(floodgate_stack):
    """`deployments(name, view)`: a stack of the project in one of the views, and its configuration; each made once."""
    known = {}

    def get(name, view):
        if (name, view) not in known:
            known[name, view] = view(floodgate_stack(name, now=NOW[name]))
        return known[name, view], load_stack(PROJECT, name, {}).config

    return get


@pytest.fixture(params=[made, planned], ids=["deployed", "preview"])
def judged(request, deployments):
    """`judged(name)`: every finding about a stack; the test runs once on it as made and once as planned.

    `change` takes the stack and gives another; `production` says what the stack is whatever its configuration says.
    """

    def get(name, change=lambda stack: stack, *, production=None, exceptions=()):
        stack, config = deployments(name, request.param)
        configuration = replace(read(config, NOW[name]), exceptions=tuple(exceptions))
        if production is not None:
            configuration = replace(configuration, production=production)
        return Judge(configuration).everything(change(stack))

    return get


@pytest.fixture
def refusals(judged):
    """`refusals(…)` as `judged`: what stops the stack, as `rule: resource`, sorted."""

    def get(*stack, **options):
        return sorted({_line(one) for one in judged(*stack, **options) if one.refuses})

    return get


def _line(one):
    return f"{one.rule.id}: {one.finding.resource.name if one.finding.resource else 'the stack'}"
