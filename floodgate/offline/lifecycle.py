"""What any front end does with a resource or a function: check it, name it, make it, read it, in one world.

The in-process mocks and a provider for the real engine differ only in how they talk to Pulumi.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from floodgate.offline import schema, strict
from floodgate.offline.facts import defaults, tells_nothing_new
from floodgate.offline.handlers.base import FUNCTIONS, RESOURCES, AutoName, NotYet
from floodgate.offline.naming import named, rule_for
from floodgate.offline.problems import Problem, Refused, did_you_mean
from floodgate.offline.transport import NotOffline, OfflineFault
from floodgate.offline.world import World


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider's settings: where its resources live and the tags that all of them carry."""

    region: str
    default_tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a resource is called: its type, the type with its parent's, and its Pulumi name."""

    token: str
    qualified: str
    name: str

    def __str__(self) -> str:
        return f"{self.token} {self.name!r}"


def checked(
    world: World, who: Identity, inputs: Mapping[str, Any], *, secrets: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """The arguments with their automatic name, if the real provider would take them.

    Raises:
        Refused: with everything that is wrong with them.
    """
    known(who)
    rule = name_rule(who.token)
    generation = world.generation(who.qualified, who.name)
    props = named(rule, who.name, inputs, seed=world.seed, type_=who.qualified, generation=generation)
    # the name made from a prefix is not one the program set beside it
    declared = inputs if rule and f"{rule.prop}Prefix" in inputs else props
    if problems := strict.check(who.token, who.name, declared, secrets=secrets):
        raise Refused(problems)
    return props


def name_rule(token: str) -> AutoName | None:
    """How a type is named."""
    return rule_for(RESOURCES[token].auto_name, arguments_of(token))


def known(who: Identity) -> None:
    """Refuse a type that the offline AWS does not have.

    Raises:
        Refused: in one line that says whose fault it is.
    """
    if who.token in RESOURCES:
        return
    if who.token.startswith("aws:") and who.token in schema.tokens():
        rule, remedy = "is not in the offline AWS yet", "add a handler in floodgate/offline/handlers"
    elif who.token.startswith("aws:"):
        rule, remedy = "is no resource type of the installed pulumi_aws", did_you_mean(who.token, schema.tokens())
    else:
        rule, remedy = "is no AWS resource", "the offline AWS has resources of the aws provider and components only"
    raise Refused([Problem(str(who), "", "", rule, remedy or "check its token")])


def make(world: World, who: Identity, provider: Provider, props: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Make a checked resource; its id and state. Ids depend on the world's seed and the resource alone.

    Raises:
        Refused: AWS refuses it, or the offline AWS cannot make it.
    """
    handler, aws = RESOURCES[who.token], world.aws(props.get("region") or provider.region)
    given = with_defaults(who.token, provider.default_tags, props)
    with world.making(who.qualified, who.name):
        try:
            id_ = handler.create(aws, given)
            assert id_, f"the handler of {who.token} returned no id"
            answer = {} if tells_nothing_new(who.token, given) else handler.read(aws, id_, given)
        except Exception as error:
            raise Refused([refusal(str(who), error)]) from error
        world.made(who.qualified, who.name)
    return id_, with_own_tags(state(who.token, aws.region, given, answer), props, provider)


def with_own_tags(made: dict[str, Any], props: Mapping[str, Any], provider: Provider) -> dict[str, Any]:
    """A state whose tags are the program's own; the provider's are among tagsAll."""
    if provider.default_tags and isinstance(made.get("tags"), dict):
        made["tags"] = dict(props.get("tags", {}))
    return made


def find(
    world: World, who: Identity, provider: Provider, id_: str, props: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """The state of a resource that exists, by its id.

    Raises:
        Refused: there is none, or the type is not in the offline AWS.
    """
    known(who)
    aws = world.aws(props.get("region") or provider.region)
    given = {name: value for name, value in props.items() if name != "region"}
    try:
        answer = RESOURCES[who.token].read(aws, id_, given)
    except (KeyError, IndexError) as error:
        rule = f"there is none with the id {id_!r} in {aws.region}"
        raise Refused([Problem(str(who), "", "", rule, "check the id and the region")]) from error
    except Exception as error:
        raise Refused([refusal(str(who), error)]) from error
    return id_, state(who.token, aws.region, given, answer)


def call(world: World, token: str, provider: Provider, args: Mapping[str, Any]) -> dict[str, Any]:
    """A provider function's result.

    Raises:
        Refused: it is unknown, or its arguments or AWS refuse it.
    """
    known = schema.function_arguments(token)
    if token not in FUNCTIONS:
        rule = "is not in the offline AWS yet" if known is not None else "is no function of the installed pulumi_aws"
        remedy = did_you_mean(token, FUNCTIONS) or "add it in floodgate/offline/handlers/functions.py"
        raise Refused([Problem(token, "", "", rule, remedy)])
    if known is not None and (problems := strict.check_function(token, known, args)):
        raise Refused(problems)
    aws = world.aws(args.get("region") or provider.region)
    given = {name: value for name, value in args.items() if name != "region"}
    with world.making(token, repr(sorted(given.items()))):
        try:
            return FUNCTIONS[token](aws, given)
        except Exception as error:
            raise Refused([refusal(token, error)]) from error


def arguments_of(token: str) -> schema.ObjectOf:
    """The arguments of a type that has a handler."""
    known = schema.arguments(token)
    assert known is not None, f"{token} has a handler, so the SDK has it"
    return known


def with_defaults(token: str, default_tags: Mapping[str, str], props: Mapping[str, Any]) -> dict[str, Any]:
    """What the provider sends: the program's arguments over the type's defaults, with the provider's tags."""
    properties = arguments_of(token).properties
    given = {name: value for name, value in defaults(token).items() if name in properties} | dict(props)
    given.pop("region", None)
    if default_tags and isinstance(properties.get("tags"), schema.MapOf):
        given["tags"] = {**default_tags, **given.get("tags", {})}
    return given


def state(token: str, region: str, given: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """A resource's whole state: defaults and inputs, over them the API's answer; promised collections never absent."""
    outputs = schema.outputs(token)
    whole: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    whole |= {name: value for name, value in answer.items() if value is not None}
    if "tagsAll" in outputs:
        tags = whole.get("tags")
        whole.setdefault("tagsAll", dict(tags) if isinstance(tags, Mapping) else {})
    if "region" in outputs:
        whole["region"] = region
    for name, (kind, promised) in outputs.items():
        if promised and name not in whole and (empty := _empty(name, kind)) is not None:
            whole[name] = empty
        if kind == schema.STRING and isinstance(whole.get(name), Mapping):
            # a policy that the program gives as an object is text from then on
            whole[name] = json.dumps(whole[name])
    return whole


def _empty(name: str, kind: schema.Type) -> Any:
    """What the real provider gives for an output that AWS says nothing of; None where something is missing."""
    if isinstance(kind, schema.ListOf):
        return []
    if isinstance(kind, schema.MapOf):
        return {}
    return "" if name.endswith("Prefix") and kind == schema.STRING else None


def refusal(where: str, error: Exception) -> Problem:
    """An error as one line: AWS's own words, or what the offline AWS lacks."""
    if isinstance(error, NotYet):
        return Problem(where, "", "", str(error), "replace the resource, or add it to its handler")
    if isinstance(error, ClientError):
        told = error.response["Error"]
        rule = f"AWS refuses {error.operation_name} with {told.get('Code')}: {told.get('Message')}"
        return Problem(where, "", "", rule, "")
    if isinstance(error, ParamValidationError | NotOffline | OfflineFault | Refused):
        return Problem(where, "", "", str(error).replace("\n", "; ").removeprefix(": "), "")
    frame = traceback.extract_tb(error.__traceback__)[-1]
    rule = (
        f"its handler failed with {type(error).__name__}: {error} ({frame.filename.rpartition('/')[2]}:{frame.lineno})"
    )
    return Problem(where, "", "", rule, "this is a fault of the offline AWS, not of the program")
