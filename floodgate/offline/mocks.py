"""The in-process front end: Pulumi's mock monitor, answered by an offline world as strictly as the real engine does.

Update, replacement, deletion, refresh and drift belong to the real engine; here every resource is made once.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pulumi.runtime import mocks
from pulumi.runtime.proto import provider_pb2, resource_pb2

from floodgate.offline import lifecycle, providers, values
from floodgate.offline.lifecycle import Identity, Provider
from floodgate.offline.problems import Problem, Refused
from floodgate.offline.world import World

STACK, STACK_REFERENCE = "pulumi:pulumi:Stack", "pulumi:pulumi:StackReference"


@dataclass(frozen=True, slots=True)
class Deployed:
    """One resource of a deployment.

    Args:
        urn: Pulumi's name of it.
        type: its token, e.g. ``aws:ec2/vpc:Vpc``.
        name: its Pulumi name.
        id: its id in AWS; empty for a component.
        parent: the URN of its parent.
        inputs: what the program gave, free of secret wrappers.
        state: its outputs, the same way.
        secrets: the first-level properties that Pulumi keeps secret.
        region: where it lives; empty for a component.
        dependencies: the URNs it was made after.
    """

    urn: str
    type: str
    name: str
    id: str
    parent: str
    inputs: Mapping[str, Any]
    state: Mapping[str, Any] = field(repr=False)
    secrets: frozenset[str] = frozenset()
    region: str = ""
    dependencies: tuple[str, ...] = ()


class OfflineMonitor(mocks.MockMonitor):
    """Answers a program's registrations and invokes from one world, and remembers every refusal.

    Args:
        world: where the resources are made.
        project, stack: the parts of every URN.
        default: the provider of resources that name none.
        stack_outputs: what stack references find: fully qualified stack name to outputs.

    Attributes:
        deployed: the resources by URN, in the order they were made.
        refusals: what was refused, in order, one line each.
        outputs: the stack's exports, and which of them are secret.
    """

    def __init__(
        self,
        world: World,
        project: str,
        stack: str,
        default: Provider,
        stack_outputs: Mapping[str, Mapping[str, Any]],
    ) -> None:
        super().__init__(_NO_MOCKS)
        self.world, self.project, self.stack, self.default = world, project, stack, default
        self.stack_outputs = stack_outputs
        self.deployed: dict[str, Deployed] = {}
        self.refusals: list[str] = []
        self.outputs = values.Plain({}, frozenset())
        self._declared: set[str] = set()
        self._providers: dict[str, Provider] = {}
        self._lock = threading.Lock()

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """A URN with all of its ancestors' types, as the engine makes it."""
        ancestors = parent.split("::")[2] if parent else ""
        qualified = type_ if ancestors in ("", STACK) else f"{ancestors}${type_}"
        return f"urn:pulumi:{self.stack}::{self.project}::{qualified}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - Pulumi's protocol
        """A program declares a resource, a component, a provider or its stack."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == STACK:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        with self._remembered():
            self._declare(urn, request)
            if request.type.startswith(providers.TYPE):
                return self._provider(urn, request)
            if not request.custom:
                return self._component(urn, request)
            return self._resource(urn, request)

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 - Pulumi's protocol
        """A program gets a resource by its id, or another stack's outputs."""
        urn = self.make_urn(request.parent, request.type, request.name)
        given = values.plain(request.properties)
        with self._remembered():
            if request.type == STACK_REFERENCE:
                state = self._stack_reference(request.name, str(given.props.get("name", request.id)))
                return resource_pb2.ReadResourceResponse(urn=urn, properties=values.struct(state))
            who = _identity(urn, request)
            provider = self._provider_of(request.provider)
            id_, state = lifecycle.find(self.world, who, provider, request.id, given.props)
            self._add(urn, request, id_, given, state, given.secrets)
            answer = values.wire(request.properties, state, given.secrets)
            return resource_pb2.ReadResourceResponse(urn=urn, properties=answer)

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - Pulumi's protocol
        """A program calls a provider's function; a refusal reaches it as an exception it may catch."""
        if request.tok == "pulumi:pulumi:getResource":
            found = self.deployed[request.args["urn"]]
            answer = values.struct({"urn": found.urn, "id": found.id, "state": values.sendable(found.state)})
            return _invoked(answer)
        try:
            args = values.plain(request.args).props
            result = lifecycle.call(self.world, request.tok, self._provider_of(request.provider), args)
        except Refused as refused:
            failures = [provider_pb2.CheckFailure(property=p.path, reason=str(p)) for p in refused.problems]
            return resource_pb2.ResourceInvokeResponse(failures=failures)
        return _invoked(values.struct(values.sendable(result)))

    def Call(self, request: Any) -> Any:  # noqa: N802 - Pulumi's protocol
        """A method of a resource; AWS's have none."""
        with self._remembered():
            raise Refused([Problem(request.tok, "", "", "is a method, which no resource of the offline AWS has", "")])

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - Pulumi's protocol
        """A component or the stack tells its outputs."""
        if request.urn.split("::")[2] == STACK:
            self.outputs = values.plain(request.outputs)
        return super().RegisterResourceOutputs(request)

    def RegisterStackTransform(self, request: Any) -> Any:  # noqa: N802 - Pulumi's protocol
        """Transforms run in the engine, and there is none."""
        del request
        with self._remembered():
            raise Refused([_no_transforms("the stack")])

    RegisterStackInvokeTransform = RegisterStackTransform

    def _declare(self, urn: str, request: Any) -> None:
        who = f"{request.type} {request.name!r}"
        with self._lock:
            if urn in self._declared:
                rule = "is declared twice with the same parent type"
                raise Refused([Problem(who, "", "", rule, "give one of the two another name")])
            self._declared.add(urn)
        if request.transforms:
            raise Refused([_no_transforms(who)])
        if request.remote:
            rule = "is a component of another package, which runs outside of the program"
            raise Refused([Problem(who, "", "", rule, "use components written in this program's language")])

    def _resource(self, urn: str, request: Any) -> Any:
        who = _identity(urn, request)
        given = values.plain(request.object)
        secrets = given.secrets | set(request.additionalSecretOutputs)
        provider = self._provider_of(request.provider)
        props = lifecycle.checked(self.world, who, given.props, secrets=given.secrets)
        if request.importId:
            id_, state = lifecycle.find(self.world, who, provider, request.importId, props)
        else:
            id_, state = lifecycle.make(self.world, who, provider, props)
        self._add(urn, request, id_, given, state, secrets)
        answer = values.wire(request.object, state, secrets)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=answer)

    def _component(self, urn: str, request: Any) -> Any:
        given = values.plain(request.object)
        self._add(urn, request, "", given, given.props, given.secrets)
        return resource_pb2.RegisterResourceResponse(urn=urn, id="", object=request.object)

    def _provider(self, urn: str, request: Any) -> Any:
        given = values.plain(request.object)
        self._providers[urn] = providers.explicit(request.type, request.name, given.props, self.default)
        # any id but an empty one, which would mean that it is not known yet
        self._add(urn, request, request.name, given, given.props, given.secrets)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=request.name, object=request.object)

    def _provider_of(self, reference: str) -> Provider:
        urn = reference.rpartition("::")[0]
        return self._providers.get(urn, self.default) if urn else self.default

    def _stack_reference(self, name: str, stack: str) -> dict[str, Any]:
        if stack not in self.stack_outputs:
            rule, remedy = (
                f"reads the stack {stack!r}, which is not given",
                f"deploy with stack_outputs={{{stack!r}: …}}",
            )
            raise Refused([Problem(f"{STACK_REFERENCE} {name!r}", "", "", rule, remedy)])
        return {"name": stack, "outputs": values.sendable(self.stack_outputs[stack]), "secretOutputNames": []}

    def _add(
        self, urn: str, request: Any, id_: str, given: values.Plain, state: Mapping[str, Any], secrets: frozenset[str]
    ) -> None:
        dependencies = tuple(sorted(getattr(request, "dependencies", ())))
        made = Deployed(
            urn, request.type, request.name, id_, request.parent, given.props, state, secrets, state.get("region", ""),
            dependencies,
        )  # fmt: skip
        with self._lock:
            self.deployed[urn] = made

    @contextmanager
    def _remembered(self) -> Generator[None]:
        try:
            yield
        except Refused as refused:
            with self._lock:
                self.refusals += [str(problem) for problem in refused.problems]
            raise


class _NoMocks(mocks.Mocks):
    """The monitor answers everything itself."""

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError(f"{args.token} should have been answered by the monitor")

    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        raise AssertionError(f"{args.typ} should have been answered by the monitor")


_NO_MOCKS = _NoMocks()


def _identity(urn: str, request: Any) -> Identity:
    return Identity(request.type, urn.split("::")[2], request.name)


def _invoked(result: Any) -> Any:
    # "return" is a keyword of Python, and the stubs do not name it
    fields: dict[str, Any] = {"return": result}
    return resource_pb2.ResourceInvokeResponse(**fields)


def _no_transforms(where: str) -> Problem:
    rule = "has a transform, which only the real engine runs"
    return Problem(where, "", "", rule, "use transformations, or set the property where the resource is declared")
