"""One AWS account on this machine, alone: its own resources, its own present, its own seed, its own session.

Example:
    ```python
    world = World(now=datetime(2027, 8, 8, 11, tzinfo=UTC), region="ap-northeast-2")
    world.session.client("autoscaling").describe_auto_scaling_groups()
    ```
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from floodgate.awsrules.legality.facts import Facts
from floodgate.offline import environment

environment.prepare()

from moto.core import DEFAULT_ACCOUNT_ID  # noqa: E402 - moto reads its switches when it is imported
from moto.utilities.utils import get_partition  # noqa: E402 - the same

from floodgate.offline import api_model, legality, moto_state, repairs, transport  # noqa: E402 - the same
from floodgate.offline.clients import OfflineSession  # noqa: E402 - the same


class Recorder(Protocol):
    """Who is told of all that happens in a world, in its order and while nothing else can happen there."""

    def making(self) -> AbstractContextManager[None]:
        """What is told inside belongs together: the making of one thing."""
        ...

    def made(self, type_: str, name: str) -> None:
        """A resource was made."""
        ...

    def call(self, request: AWSPreparedRequest, operation: str, answer: Callable[[], AWSResponse]) -> AWSResponse:
        """A request came; `answer` gives what AWS answers, and is to be called once."""
        ...


class World:
    """An isolated offline account: no world sees another, and any thread may use all parts of it.

    Args:
        now: the world's present, with a zone. It stands still; set it to move on.
        seed: where the ids of what is made come from; the same seed gives the same ids.
        region: the region of `session` and of clients that name none.

    Attributes:
        session: a boto3 session on this account, for handlers, tests and the rehearsal.
        recorder: is told of every call; set it before anything happens.
    """

    account_id = DEFAULT_ACCOUNT_ID

    def __init__(self, *, now: datetime, seed: int = 0, region: str = "us-east-1") -> None:
        if now.tzinfo is None:
            raise ValueError(f"now is {now.isoformat()}, without a zone; a world's present needs one: add tzinfo")
        repairs.apply_all()
        self.seed = seed
        self.region = region
        self._shelf = moto_state.Shelf(now, random.Random(f"{seed}").getstate(), f"{seed}")
        self.session = OfflineSession(region, check=self.check, send=self.answer)
        self.recorder: Recorder | None = None
        self._made: Counter[tuple[str, str]] = Counter()

    @property
    def now(self) -> datetime:
        """The world's present."""
        assert self._shelf.now is not None, "a world always has a present"
        return self._shelf.now

    @now.setter
    def now(self, instant: datetime) -> None:
        self._shelf.now = instant

    def aws(self, region: str | None = None) -> RegionalAws:
        """This account as a handler talks to it, in one region."""
        return RegionalAws(self, region or self.region)

    @contextmanager
    def making(self, type_: str, name: str) -> Generator[None]:
        """Nothing else happens in any world meanwhile, and every id made inside comes from (seed, type, name) alone.

        What takes the place of an earlier one of that type and name gets ids of its own.
        """
        generation = self.generation(type_, name)
        names = (type_, name, *([f"{generation}"] * bool(generation)))
        recorded = self.recorder.making() if self.recorder else nullcontext()
        with moto_state.in_place(self._shelf), recorded, moto_state.seeded(*names):
            yield

    def generation(self, type_: str, name: str) -> int:
        """How many resources of this type and name have been made here."""
        return self._made[type_, name]

    def made(self, type_: str, name: str) -> None:
        """Count a resource that was made."""
        self._made[type_, name] += 1
        if self.recorder:
            self.recorder.made(type_, name)

    def lookup(self, operation: str, params: Mapping[str, Any], *, region: str | None = None) -> list[dict[str, Any]]:
        """The first list in the answer of a describe call, e.g. ``autoscaling.describe_policies``."""
        service, method = operation.split(".")
        client = self.session.client(service, region_name=region or self.region)
        answer = getattr(client, method)(**params)
        return next((value for value in answer.values() if isinstance(value, list)), [])

    def check(self, service: str, model: Any, params: dict[str, Any], region: str) -> None:
        """Hold a call against the service's model and AWS's rules.

        Raises:
            ClientError: AWS would refuse it, with AWS's code and the reason.
        """
        api_model.check(service, model, params)
        facts = Facts(now=self.now.astimezone(UTC), lookup=partial(self.lookup, region=region))
        # how many questions a rule asks depends on what is there already, and ids may not
        with moto_state.in_place(self._shelf), moto_state.undisturbed():
            legality.check(service, model.name, params, facts)

    def answer(self, request: AWSPreparedRequest, operation: str) -> AWSResponse:
        """What AWS answers to a prepared request that was checked.

        Raises:
            NotOffline: the offline AWS does not have the service or the operation.
            OfflineFault: the offline AWS failed in a way that AWS does not.
        """
        with moto_state.in_place(self._shelf):
            if self.recorder:
                return self.recorder.call(request, operation, partial(transport.answer, request, operation))
            return transport.answer(request, operation)

    @contextmanager
    def in_place(self) -> Generator[None]:
        """Nothing else happens in any world meanwhile, and ids go on where the last call left them."""
        with moto_state.in_place(self._shelf):
            yield


class RegionalAws:
    """A world seen from one region: what handlers take as `Aws`."""

    def __init__(self, world: World, region: str) -> None:
        self.world = world
        self.region = region
        self.account_id = world.account_id
        self.partition = get_partition(region)

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client for this account; made once per service and region."""
        return self.world.session.client(service, region_name=region or self.region)
