"""What a rule is: what it refuses, why, what to do, and an example of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from policy.configuration import Configuration
from policy.view import Resource, Stack

Severity = Literal["low", "medium", "high", "critical"]
Enforcement = Literal["mandatory", "advisory"]
Environments = Literal["every", "production"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule refuses.

    Args:
        message: what is so, and what it leads to, e.g. ``storageEncrypted is false``.
        resource: where; None where it is the stack as a whole.
    """

    message: str
    resource: Resource | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A stack as data.

    Args:
        resources: (kind, name, properties); the text ``@name`` inside a property refers to the resource of that name.
        configuration: the stack's configuration, keys of the namespace ``floodgate`` and their values.
    """

    resources: tuple[tuple[str, str, Mapping[str, Any]], ...]
    configuration: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the pack.

    Args:
        id: its name in the engine's output and in exceptions.
        title: what must be, in one sentence.
        severity: what is at stake.
        enforcement: whether a finding stops a deployment or is only told.
        environments: whether it holds for development, too.
        why: the reason.
        remedy: what to do, in the imperative.
        source: the page that says so.
        scope: whether it judges one resource by itself or the stack.
        judge: finds what it refuses.
        refused: a stack in which it finds something.
        mended: the same stack after the remedy.
    """

    id: str
    title: str
    severity: Severity
    why: str
    remedy: str
    source: str
    scope: Literal["resource", "stack"]
    judge: Callable[..., Iterable[Any]]
    refused: Example
    mended: Example
    enforcement: Enforcement = "mandatory"
    environments: Environments = "every"

    def holds(self, configuration: Configuration) -> bool:
        """Whether the rule holds for a stack of this configuration."""
        return self.environments == "every" or configuration.production

    def of_resource(self, resource: Resource, configuration: Configuration) -> list[Finding]:
        """What a rule of scope ``resource`` refuses of one resource."""
        if not self.holds(configuration):
            return []
        return [Finding(message, resource) for message in self.judge(resource)]

    def of_stack(self, stack: Stack, configuration: Configuration) -> list[Finding]:
        """What the rule refuses of a whole stack, whatever its scope."""
        if self.scope == "resource":
            return [finding for resource in stack.resources for finding in self.of_resource(resource, configuration)]
        return list(self.judge(stack, configuration)) if self.holds(configuration) else []


ResourceJudge = Callable[[Resource], Iterable[str]]
StackJudge = Callable[[Stack, Configuration], Iterable[Finding]]


def resource_rule(id: str, **words: Any) -> Callable[[ResourceJudge], Rule]:  # noqa: A002 - the rule's own word
    """Make a rule of a function that yields what is wrong with one resource."""
    return lambda judge: Rule(id=id, scope="resource", judge=judge, **words)


def stack_rule(id: str, **words: Any) -> Callable[[StackJudge], Rule]:  # noqa: A002 - the rule's own word
    """Make a rule of a function that yields findings about a stack."""
    return lambda judge: Rule(id=id, scope="stack", judge=judge, **words)


def example(*resources: tuple[str, str, Mapping[str, Any]], **configuration: Any) -> Example:
    """A stack as data, for a rule's own examples."""
    return Example(resources, configuration)
