"""The API's description (OpenAPI 3.1, https://spec.openapis.org/oas/v3.1.1), made of the table and of the messages."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from app.web.examples import EXAMPLES
from app.web.messages import Problem
from app.web.problems import CODES
from app.web.routing import Answer, Call, Load, Need, Query, Route

API_VERSION = "1.0.0"
DESCRIPTION = (
    "A fair waiting room before a reservation service. Take a place with `/queue/join`, look at "
    "`/queue/now-serving.json` as often as it tells, go in with `/queue/enter` when your place is below `serving`, "
    "prove who you are, hold a unit, confirm it. Every problem is `application/problem+json` (RFC 9457), its type is "
    "`/problems/<code>`."
)
Json = dict[str, Any]

SCHEMES: dict[str, Json] = {
    "ticketCookie": {"type": "apiKey", "in": "cookie", "name": "fg_ticket", "description": "A place in the line"},
    "ticketHeader": {"type": "apiKey", "in": "header", "name": "Floodgate-Ticket", "description": "The same"},
    "passCookie": {"type": "apiKey", "in": "cookie", "name": "fg_pass", "description": "Admission, beside its ticket"},
    "passHeader": {"type": "apiKey", "in": "header", "name": "Floodgate-Pass", "description": "The same"},
    "receipt": {"type": "apiKey", "in": "header", "name": "Floodgate-Receipt", "description": "Opens one booking"},
    "operator": {"type": "apiKey", "in": "cookie", "name": "fg_operator", "description": "An operator's session"},
}
_ADMITTED = (("ticketCookie", "passCookie"), ("ticketHeader", "passHeader"))
# each need can be met in one of these ways, each of some schemes together
WAYS: dict[Need, tuple[tuple[str, ...], ...]] = {
    Need.PUBLIC: ((),),
    Need.TICKET: (("ticketCookie",), ("ticketHeader",)),
    Need.VISIT: (("ticketCookie",), ("ticketHeader",), ("passCookie",), ("passHeader",)),
    Need.PASS: _ADMITTED,
    Need.PROVEN: _ADMITTED,
    Need.RECEIPT: (("receipt",),),
    Need.OPERATOR: (("operator",),),
}
PROBLEMS_OF_NEEDS: dict[Need, tuple[str, ...]] = {
    Need.PUBLIC: (),
    Need.TICKET: ("bad-ticket",),
    Need.VISIT: ("bad-ticket", "no-pass"),
    Need.PASS: ("no-pass",),
    Need.PROVEN: ("no-pass", "not-proven"),
    Need.RECEIPT: ("bad-receipt", "not-allowed"),
    Need.OPERATOR: ("not-signed-in",),
}
PATH_SCHEMAS: dict[str, Json] = {
    "hold_id": {"type": "string", "format": "uuid"},
    "wish_id": {"type": "string", "format": "uuid"},
    "reference": {"type": "string", "pattern": "^[A-Z0-9-]{4,20}$"},
}
KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for every change, the same for its repetition, which changes nothing again",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
}
RETRY_AFTER: Json = {"description": "Seconds after which it is worth to come again", "schema": {"type": "integer"}}
_VARIABLE = re.compile(r"\{([a-z_]+)\}")


def route_of(table: Sequence[Route]) -> Route:
    """The route that shows the description of a table, and of itself."""
    shown: list[bytes] = []

    async def show(_: Call) -> Answer:
        if not shown:
            shown.append(msgspec.json.encode(describe([*table, route])))
        return Answer(shown[0])

    route = Route(
        "GET",
        "/openapi.json",
        (Need.PUBLIC,),
        show,
        "This description",
        Load.LOOKING,
        answer=dict[str, Any],
        cache_control="public, max-age=300",
    )
    return route


def describe(table: Sequence[Route]) -> Json:
    """The whole description."""
    kinds = {kind for route in table for kind in (route.body, route.answer) if kind is not None} | {Problem}
    ordered = sorted(kinds, key=str)
    schemas, components = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    schema_of = dict(zip(ordered, schemas, strict=True)).__getitem__
    paths: dict[str, Json] = {}
    for route in table:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Floodgate", "version": API_VERSION, "description": DESCRIPTION},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": SCHEMES},
    }


def problems_of(route: Route) -> list[str]:
    """Every code that a route may answer, by status."""
    codes = {"bad-input", "headers-too-large", "internal", "unavailable", *route.problems}
    codes.update(*(PROBLEMS_OF_NEEDS[need] for need in route.needs))
    if route.load is not Load.ALWAYS:
        codes.add("overloaded")
    if route.counts_latency:
        codes.add("busy")
    if route.method != "GET":
        codes.add("cross-site")
    if route.body is not None:
        codes |= {"wrong-type", "too-large"}
    if route.idempotent:
        codes.add("no-idempotency-key")
    return sorted(codes, key=lambda code: (CODES[code], code))


def security_of(route: Route) -> list[Json]:
    """How a route's needs can be met, each way a set of schemes; empty for what is public."""
    ways = itertools.product(*(WAYS[need] for need in route.needs))
    return [] if Need.PUBLIC in route.needs else [{name: [] for part in way for name in part} for way in ways]


def _operation(route: Route, schema_of: Callable[[Any], Json]) -> Json:
    operation: Json = {
        "operationId": _name(route),
        "summary": route.summary,
        "description": (route.handler.__doc__ or "").partition("\n")[0],
        "tags": [route.path.split("/")[1]],
        "security": security_of(route),
        "parameters": _parameters(route),
        "responses": {**_problems(route, schema_of), **_successes(route, schema_of)},
    }
    if route.body is not None:
        media = {"schema": schema_of(route.body), "examples": _examples(route.body)}
        operation["requestBody"] = {"required": True, "content": {"application/json": media}}
    return operation


def _name(route: Route) -> str:
    words = re.findall(r"[a-z]+", route.path.removesuffix(".json"))
    return route.method.lower() + "".join(word.capitalize() for word in words)


def _parameters(route: Route) -> list[Json]:
    of_path = [
        {"name": name, "in": "path", "required": True, "schema": PATH_SCHEMAS[name]}
        for name in _VARIABLE.findall(route.path)
    ]
    return [*of_path, *map(_query, route.query), *([KEY] if route.idempotent else [])]


def _query(query: Query) -> Json:
    return {
        "name": query.name,
        "in": "query",
        "required": query.required,
        "description": query.description,
        "schema": query.schema,
    }


def _successes(route: Route, schema_of: Callable[[Any], Json]) -> Json:
    statuses = [route.status, *([route.other_status] if route.other_status else [])]
    return {str(status): _success(route, status, schema_of) for status in statuses}


def _success(route: Route, status: int, schema_of: Callable[[Any], Json]) -> Json:
    cached: Json = {"description": "How long it may be kept", "schema": {"const": route.cache_control}}
    said: Json = {"description": HTTPStatus(status).phrase, "headers": {"Cache-Control": cached}}
    if route.answer is not None:
        media = {"schema": schema_of(route.answer), "examples": _examples(route.answer)}
        said["content"] = {"application/json": media}
    return said


def _problems(route: Route, schema_of: Callable[[Any], Json]) -> Json:
    said: Json = {}
    for status, codes in itertools.groupby(problems_of(route), key=CODES.__getitem__):
        named = list(codes)
        examples = {
            code: {"value": {**EXAMPLES[Problem], "type": f"/problems/{code}", "status": status}} for code in named
        }
        said[str(status)] = {
            "description": f"{HTTPStatus(status).phrase}: {', '.join(named)}",
            "headers": {"Retry-After": RETRY_AFTER} if status in {403, 409, 429, 503} else {},
            "content": {"application/problem+json": {"schema": schema_of(Problem), "examples": examples}},
        }
    return said


def _examples(kind: Any) -> Json:
    return {"example": {"value": EXAMPLES[kind]}} if kind in EXAMPLES else {}
