"""The reference pages of the service: its settings, its API, its problems and its metrics."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus

from generated_tables import default_of, type_name
from problem_meanings import MEANINGS
from prometheus_client import CollectorRegistry
from pydantic import BaseModel

from app.admission.gauges import Gauges
from app.opening import Opening, Rules
from app.settings import Admission, Provider, Settings, Stores
from app.web.metrics import Metrics
from app.web.problems import CODES
from app.web.routes import TABLE
from app.web.routing import Need

NEEDS = {
    Need.PUBLIC: "nothing",
    Need.TICKET: "a ticket",
    Need.VISIT: "a ticket or a pass",
    Need.PASS: "a pass and its ticket",
    Need.PROVEN: "a pass and its ticket, identity proved",
    Need.RECEIPT: "the booking's receipt",
    Need.OPERATOR: "an operator's session",
}


def settings() -> Iterator[str]:
    """Every setting of the service, from the docstrings of its settings."""
    yield "# Settings of the service\n"
    yield "What a server is told, in the end. On a fleet the values come from the stack"
    yield "([app/README.md](../../app/README.md)); on one machine from the options of `python -m app serve`.\n"
    for model in (Settings, Stores, Admission, Provider, Opening, Rules):
        words = attribute_words(model)
        yield f"## {model.__name__}\n\n{(model.__doc__ or '').split(chr(10))[0]}\n"
        yield "| name | type | default | what it is |\n|---|---|---|---|"
        for name, field in model.model_fields.items():
            told = words.get(name, "").replace("|", "\\|").replace("``", "`")
            yield f"| `{name}` | {type_name(field.annotation)} | {default_of(field)} | {told} |"
        yield ""


def attribute_words(model: type[BaseModel]) -> dict[str, str]:
    """What the part `Attributes` of a docstring says of each."""
    _, _, listed = inspect.cleandoc(model.__doc__ or "").partition("Attributes:\n")
    words: dict[str, str] = {}
    name = ""
    for line in listed.splitlines():
        first = re.fullmatch(r"    (\w+): (.*)", line)
        if first:
            name = first[1]
            words[name] = first[2]
        elif name and line.strip():
            words[name] += " " + line.strip()
    return words


def api() -> Iterator[str]:
    """Every route with what it needs; the bodies stand in the OpenAPI description."""
    yield "# HTTP API\n"
    yield "`/openapi.json` describes every body (OpenAPI 3.1). This is the table that the service itself is made of.\n"
    yield "* Ticket and pass are cookies, or the headers `Floodgate-Ticket` and `Floodgate-Pass`."
    yield "* A receipt is the header `Floodgate-Receipt`."
    yield "* Where a key is needed, send the header `Idempotency-Key`: the same key gets the same answer, and changes"
    yield "  nothing again."
    yield "* A problem is `application/problem+json` (RFC 9457); see [Problems](problems.md).\n"
    yield "| method | path | what it does | needs | key |\n|---|---|---|---|---|"
    for route in TABLE:
        needs = " and ".join(NEEDS[need] for need in route.needs)
        key = "yes" if route.idempotent else ""
        yield f"| {route.method} | `{route.path}` | {route.summary} | {needs} | {key} |"
    yield ""


def problems() -> Iterator[str]:
    """Every code that an answer may have, with its status and the routes that give it."""
    yield "# Problems\n"
    yield "An answer that is no success is `application/problem+json`: `type` is `/problems/<code>`, `detail` names"
    yield "value, rule and remedy, and `Retry-After` says when it is worth to come again.\n"
    for code, status in CODES.items():
        yield f"## {code}\n\n{status} {HTTPStatus(status).phrase}. {MEANINGS[code]}\n"
        routes = [f"`{route.method} {route.path}`" for route in TABLE if code in route.problems]
        if routes:
            yield f"From {', '.join(routes)}.\n"


def metrics() -> Iterator[str]:
    """Every metric of a worker and of the controller."""
    yield "# Metrics\n"
    yield "Prometheus reads them at `/metrics` on the internal port, from all processes of a server."
    yield "The leading controller also publishes `PeopleWaiting`, `PeopleInside`, `CalledPerSecond` and"
    yield "`BookedPerMinute` to CloudWatch once a minute, in the namespace `Floodgate` with the dimension `Stack`.\n"
    for title, registry in (("Web workers", Metrics().registry), ("Controller, while it leads", Gauges().registry)):
        yield f"## {title}\n\n| metric | kind | what it is |\n|---|---|---|"
        yield from rows(registry)
        yield ""


def rows(registry: CollectorRegistry) -> Iterator[str]:
    """One row for each metric, by name."""
    for family in sorted(registry.collect(), key=lambda family: family.name):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        yield f"| `{name}` | {family.type} | {family.documentation} |"


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "api.md": api,
    "metrics.md": metrics,
    "problems.md": problems,
    "service.md": settings,
}
