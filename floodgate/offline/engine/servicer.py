"""The provider protocol (pulumi/provider.proto) over an offline world.

https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, nullcontext
from importlib.metadata import version
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from floodgate.offline import changing, lifecycle, moto_state, providers, values
from floodgate.offline.changes import Edit
from floodgate.offline.engine.patience import Deletions
from floodgate.offline.engine.previews import foreseen, foreseen_change
from floodgate.offline.lifecycle import Identity, Provider
from floodgate.offline.problems import Refused
from floodgate.offline.world import World

# protobuf makes its message classes when it is imported, out of sight of type checkers
_Empty: Any = vars(empty_pb2)["Empty"]
_DIFF = provider_pb2.DiffResponse
_KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


class AwsProvider(provider_pb2_grpc.ResourceProviderServicer):
    """One provider instance: its own region and default tags, in a world that others may share.

    Args:
        world: gives the account in which everything is made, at its present moment.
        fallback: what a setting is that neither the program nor the configuration gives.
        folder: the program's, in which files with relative paths lie.
    """

    def __init__(self, world: Callable[[], World], fallback: Provider, folder: Path) -> None:
        self._world, self._folder = world, folder
        self._provider = self._fallback = fallback
        self._deletions = Deletions()

    def Handshake(self, request: Any, context: Any) -> Any:
        """What this provider can take."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def Attach(self, request: Any, context: Any) -> Any:
        """The engine uses a provider that listened already."""
        return _Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """The version of the SDK whose resource types these are."""
        return plugin_pb2.PluginInfo(version=version("pulumi_aws"))

    def GetSchema(self, request: Any, context: Any) -> Any:
        """Programs written in YAML would need it; the SDKs hold their own."""
        return provider_pb2.GetSchemaResponse(schema="{}")

    def CheckConfig(self, request: Any, context: Any) -> Any:
        """A provider's settings, before anything uses it."""
        with _told(context):
            try:
                given = values.plain(request.news)
                providers.explicit(f"{providers.TYPE}aws", request.urn.rpartition("::")[2], given.props, self._fallback)
            except Refused as refused:
                return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(refused))
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        """Settings of a provider change in place, but for its region: all that it made lives there."""
        old, new = values.plain(request.old_inputs).props, values.plain(request.news).props
        changed = sorted(name for name in {*old, *new} if old.get(name) != new.get(name) and name != "version")
        moved = [name for name in changed if name == "region"]
        return _DIFF(changes=_DIFF.DIFF_SOME if changed else _DIFF.DIFF_NONE, diffs=changed, replaces=moved)

    def Configure(self, request: Any, context: Any) -> Any:
        """A provider's settings as of this deployment."""
        with _told(context):
            given = values.plain(request.args).props or {
                key.rpartition(":")[2]: value for key, value in request.variables.items()
            }
            self._provider = providers.explicit(f"{providers.TYPE}aws", "default", given, self._fallback)
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: Any, context: Any) -> Any:
        """A resource's inputs, before anything is made: refused, or completed with their automatic name."""
        who, old, new = identity(request.urn), values.plain(request.olds), values.plain(request.news)
        with _told(context):
            try:
                checked = changing.check(
                    self._world(), who, self._provider, old.props, new.props, secrets=new.secrets
                )  # fmt: skip
            except Refused as refused:
                return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(refused))
        return provider_pb2.CheckResponse(inputs=values.wire(request.news, checked, new.secrets))

    def Diff(self, request: Any, context: Any) -> Any:
        """What a deployment would change of a resource, and whether it can stay."""
        who, new = identity(request.urn), values.plain(request.news).props
        old, state = values.plain(request.old_inputs).props, values.plain(request.olds).props
        with _told(context):
            found = changing.differences(who, self._provider, old, state, new)
            first = changing.must_go_first(who, found, old, new)
        return _difference(found, delete_first=first)

    def Create(self, request: Any, context: Any) -> Any:
        """Make a resource; in a preview, say what is known of it."""
        who, given = identity(request.urn), values.plain(request.properties)
        with _told(context):
            props = {name: value for name, value in given.props.items() if name != changing.DEFAULTS}
            props = values.rooted(props, self._folder)
            if request.preview:
                state = foreseen(who, self._provider, props)
                return provider_pb2.CreateResponse(properties=_state(request.properties, state, given.secrets))
            id_, state = lifecycle.make(self._world(), who, self._provider, props)
        return provider_pb2.CreateResponse(id=id_, properties=_state(request.properties, state, given.secrets))

    def Read(self, request: Any, context: Any) -> Any:
        """A resource as it is now: for a refresh, an import, or a program that gets it by its id."""
        who = identity(request.urn)
        inputs, state = values.plain(request.inputs), values.plain(request.properties)
        with _told(context):
            found = changing.refresh(
                self._world(), who, self._provider, request.id, inputs=inputs.props, state_=state.props
            )  # fmt: skip
        if found is None:
            return provider_pb2.ReadResponse()
        secrets = inputs.secrets | state.secrets
        return provider_pb2.ReadResponse(
            id=request.id,
            properties=values.wire(values.Struct(), found.state, secrets),
            inputs=values.wire(values.Struct(), found.inputs, secrets),
        )

    def Update(self, request: Any, context: Any) -> Any:
        """Change a resource in place; in a preview, say what is known of it."""
        who, given = identity(request.urn), values.plain(request.news)
        old, state = values.plain(request.old_inputs).props, values.plain(request.olds).props
        with _told(context):
            if request.preview:
                meant = changing.change_of(who, self._provider, old, state, given.props)
                changed = foreseen_change(who, self._provider, given.props, state, meant)
            else:
                new = values.rooted(given.props, self._folder)
                changed = changing.change(
                    self._world(), who, self._provider, request.id, old=old, state_=state, new=new
                )  # fmt: skip
        return provider_pb2.UpdateResponse(properties=_state(request.news, changed, given.secrets))

    def Delete(self, request: Any, context: Any) -> Any:
        """Delete a resource, and wait until it is gone."""
        state, inputs = values.plain(request.properties).props, values.plain(request.old_inputs).props
        who = identity(request.urn)

        def delete() -> None:
            with moto_state.LOCK:
                changing.remove(self._world(), who, self._provider, request.id, inputs=inputs, state_=state)

        with _told(context, together=True):
            self._deletions.carry_out(delete)
        return _Empty()

    def Invoke(self, request: Any, context: Any) -> Any:
        """A function of the provider."""
        args = values.plain(request.args).props
        with _told(context):
            try:
                result = lifecycle.call(self._world(), request.tok, self._provider, args)
            except Refused as refused:
                return provider_pb2.InvokeResponse(failures=_failures(refused))
        # "return" is a keyword of Python, and the stubs do not name it
        fields: dict[str, Any] = {"return": values.struct(values.sendable(result))}
        return provider_pb2.InvokeResponse(**fields)

    def Cancel(self, request: Any, context: Any) -> Any:
        """Nothing here takes long."""
        return _Empty()


def identity(urn: str) -> Identity:
    """Who a URN speaks of: ``urn:pulumi:stack::project::parent$type::name``."""
    _, _, qualified, name = urn.split("::", 3)
    return Identity(qualified.rpartition("$")[2], qualified, name)


def _state(inputs: Any, state: Mapping[str, Any], secrets: frozenset[str]) -> Any:
    answer = values.wire(inputs, state, secrets)
    if changing.DEFAULTS in answer:
        del answer[changing.DEFAULTS]
    return answer


def _difference(found: tuple[Edit, ...], *, delete_first: bool) -> Any:
    kinds = {values.path_text(edit.path): edit for edit in found}
    return _DIFF(
        changes=_DIFF.DIFF_SOME if found else _DIFF.DIFF_NONE,
        diffs=sorted({str(edit.path[0]) for edit in found}),
        replaces=sorted({str(edit.path[0]) for edit in found if edit.replaces}),
        deleteBeforeReplace=delete_first,
        detailedDiff={
            path: provider_pb2.PropertyDiff(kind=_KINDS[edit.kind, edit.replaces], inputDiff=True)
            for path, edit in kinds.items()
        },
        hasDetailedDiff=True,
    )


def _failures(refused: Refused) -> list[Any]:
    # the engine would print the whole value of a property that it is told, beside what the reason says of it
    return [provider_pb2.CheckFailure(reason=changing.problem_of(problem)) for problem in refused.problems]


@contextmanager
def _told(context: Any, *, together: bool = False) -> Generator[None]:
    """A refusal as the call's error, in one line and without the resource's name, which the engine prints itself.

    One call at a time: moto needs it, and the SDK's modules load when they are first asked for. `together` is for a
    call that takes its turn by itself, because it waits for others.
    """
    try:
        with nullcontext() if together else moto_state.LOCK:
            yield
    except Refused as refused:
        context.abort(grpc.StatusCode.UNKNOWN, "; ".join(changing.problem_of(p) for p in refused.problems))
