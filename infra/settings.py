"""The configuration of one stack as one frozen object, or every problem of it at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import pulumi
import pulumi.runtime.config as pulumi_config

from infra.balancer.settings import BalancerSettings
from infra.cache.settings import CacheSettings
from infra.database.settings import DatabaseSettings
from infra.edge.settings import EdgeSettings
from infra.fleet.settings import ApplicationSettings, FleetSettings
from infra.network.settings import NetworkSettings
from infra.observability.settings import ObservabilitySettings
from infra.openings import Opening, read_openings
from infra.problems import ConfigurationError, Problem, Settings
from infra.rules import broken_rules
from infra.scaling.settings import ScalingSettings
from infra.service.settings import ServiceSettings
from infra.stack_settings import AccountSettings, PromiseSettings, TagSettings
from infra.translation import read, remedy

PROJECT = "floodgate"
Environment = Literal["development", "production"]

COMPONENTS: Mapping[str, type[Settings]] = {
    "tags": TagSettings,
    "account": AccountSettings,
    "network": NetworkSettings,
    "balancer": BalancerSettings,
    "edge": EdgeSettings,
    "fleet": FleetSettings,
    "application": ApplicationSettings,
    "scaling": ScalingSettings,
    "service": ServiceSettings,
    "database": DatabaseSettings,
    "cache": CacheSettings,
    "observability": ObservabilitySettings,
    "promises": PromiseSettings,
}
# exceptions are for the policy pack alone, which judges them itself
KEYS = (*COMPONENTS, "environment", "now", "openings", "openingDefaults", "exceptions")


@dataclass(frozen=True, slots=True)
class StackSettings:
    """Everything a stack may choose, validated; `edge` is None where there is none."""

    stack: str
    now: datetime
    environment: Environment
    tags: TagSettings
    account: AccountSettings
    network: NetworkSettings
    balancer: BalancerSettings
    edge: EdgeSettings | None
    fleet: FleetSettings
    application: ApplicationSettings
    scaling: ScalingSettings
    service: ServiceSettings
    database: DatabaseSettings
    cache: CacheSettings
    observability: ObservabilitySettings
    promises: PromiseSettings
    openings: tuple[Opening, ...]

    @property
    def production(self) -> bool:
        """Whether people depend on this stack."""
        return self.environment == "production"

    @property
    def all_tags(self) -> dict[str, str]:
        """The tags of every resource."""
        return self.tags.as_tags(self.stack)

    @property
    def most_journeys_per_s(self) -> float:
        """People the largest fleet can admit in each second."""
        return self.fleet.max_size * self.service.journeys_per_server_per_s


def load(config: Mapping[str, Any], stack: str, now: datetime) -> StackSettings:
    """Validate a stack's configuration.

    Args:
        config: The keys of the namespace ``floodgate`` and their values, as in ``Pulumi.<stack>.yaml``.
        stack: The stack's name.
        now: The clock, aware; ``config["now"]`` goes before it, so that a rehearsal is of the day it says.

    Raises:
        ConfigurationError: With every problem of every component, and of them against one another.
    """
    problems = list(_unknown_keys(config))
    parts: dict[str, Any] = {"now": _now(config.get("now"), now, problems)}
    parts["environment"] = _environment(config.get("environment"), problems)
    for key, model in COMPONENTS.items():
        given = config.get(key)
        parts[key] = read(model, {} if given is None else given, f"{PROJECT}:{key}", problems)
    valid = {key: part for key, part in parts.items() if part is not None}
    if "edge" in valid and not (config.get("edge") and valid["edge"].enabled):
        valid["edge"] = None
    entries, defaults = config.get("openings") or [], config.get("openingDefaults") or {}
    valid["openings"] = read_openings(entries, defaults, valid.get("now", now), problems)
    problems += broken_rules(valid)
    if problems:
        raise ConfigurationError(stack, problems)
    return StackSettings(stack=stack, **valid)


def from_pulumi(clock: datetime) -> StackSettings:
    """The settings of the stack that Pulumi is deploying.

    Args:
        clock: The present instant, aware; ``floodgate:now`` goes before it.

    Raises:
        ConfigurationError: As `load`.
    """
    config = pulumi.Config(PROJECT)
    given = ((key, config.get(key)) for key in sorted({*KEYS, *_given_keys()}))
    return load({key: _decoded(text) for key, text in given if text}, pulumi.get_stack(), clock)


def _given_keys() -> set[str]:
    """Every key of the namespace, also those nobody asks for, so that a slip of the pen is seen."""
    given = {*pulumi_config.CONFIG.get(), *pulumi_config.get_config_env()}
    return {key.partition(":")[2] for key in given if key.startswith(f"{PROJECT}:")}


def _decoded(text: str) -> Any:
    """Pulumi hands structured values over as JSON and plain ones as they are."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _unknown_keys(config: Mapping[str, Any]) -> Iterable[Problem]:
    for key in sorted(set(config) - set(KEYS)):
        yield Problem(f"{PROJECT}:{key}", "set", "but there is no such setting", remedy(key, KEYS))


def _environment(value: object, problems: list[Problem]) -> Environment | None:
    for environment in get_args(Environment):
        if value == environment:
            return environment
    rule = "but an environment is development or production"
    problems.append(Problem(f"{PROJECT}:environment", repr(value), rule, "set one of the two"))
    return None


def _now(value: object, clock: datetime, problems: list[Problem]) -> datetime | None:
    if not value:
        return clock
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        rule = "but an instant is a date, a time and an offset (ISO 8601)"
        problems.append(
            Problem(f"{PROJECT}:now", repr(value), rule, 'write it as "2027-08-08T11:00:00Z" or leave it out')
        )
        return None
    return moment.astimezone(UTC)
